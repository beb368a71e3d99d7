#include "train/feeder.h"

#include <algorithm>

namespace ganymede::train {

using base::Purpose;

Feeder::Feeder(const Recipe& recipe, const data::Split& images, std::int64_t classes)
    : images_(images),
      seed_(static_cast<std::uint64_t>(recipe.training.seed)),
      pixel_range_{recipe.pixel_range.low, recipe.pixel_range.high},
      distribution_(recipe.latent.distribution),
      classes_(classes),
      pairs_(compares_pairs(recipe.objective.loss)),
      sampler_(seed_, static_cast<std::uint32_t>(images.count())),
      indices_(static_cast<std::size_t>(recipe.half_batch())) {}

void Feeder::feed_discriminator(std::uint64_t update, Gan& gan) {
  sampler_.indices(update * indices_.size(), indices_);
  data::gather(images_, indices_, pixel_range_, gan.real_images());
  fill_latents({.seed = seed_, .purpose = Purpose::discriminator_latent, .step = update}, distribution_,
               gan.discriminator_latents());
  if (!gan.real_labels().empty()) {
    data::gather_labels(images_, indices_, gan.real_labels());
  }
  if (!gan.fake_labels().empty()) {
    // The fakes get the labels of the real images, so that a label alone tells nothing about which are real.
    data::gather_labels(images_, indices_, gan.fake_labels());
  }
}

void Feeder::feed_generator(std::uint64_t update, Gan& gan) {
  fill_latents({.seed = seed_, .purpose = Purpose::generator_latent, .step = update}, distribution_,
               gan.generator_latents());
  const std::span labels = gan.generator_labels();
  if (pairs_ && !labels.empty()) {
    // A pair's two images are compared as images of one class.
    data::gather_labels(images_, indices_, labels);
    return;
  }
  const base::RandomKey key{.seed = seed_, .purpose = Purpose::generator_label, .step = update};
  for (std::size_t n = 0; n < labels.size(); ++n) {
    labels[n] = static_cast<std::int32_t>(
        base::bounded(base::random_word(key, n), static_cast<std::uint32_t>(classes_)));
  }
}

void Feeder::feed(std::uint64_t update, Vae& vae) {
  sampler_.indices(update * indices_.size(), indices_);
  data::gather(images_, indices_, pixel_range_, vae.images());
  base::fill_normal({.seed = seed_, .purpose = Purpose::generator_latent, .step = update}, 0.0F, 1.0F,
                    vae.noise());
}

void fill_latents(const base::RandomKey& key, Distribution distribution, std::span<float> latents) {
  if (distribution == Distribution::normal) {
    base::fill_normal(key, 0.0F, 1.0F, latents);
  } else {
    base::fill_uniform(key, -1.0F, 1.0F, latents);
  }
}

}  // namespace ganymede::train
