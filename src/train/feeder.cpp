#include "train/feeder.h"

namespace ganymede::train {

using base::Purpose;

Feeder::Feeder(const Recipe& recipe, const data::Split& images, std::int64_t classes,
               const dist::Share& share)
    : data_(images),
      share_(share),
      seed_(static_cast<std::uint64_t>(recipe.training.seed)),
      pixel_range_(recipe.pixel_range),
      latent_(recipe.latent),
      classes_(classes),
      pairs_(compares_pairs(recipe.objective.loss)),
      shares_fakes_(recipe.training.fakes == FakeMode::shared),
      discriminator_steps_(static_cast<std::uint64_t>(recipe.training.discriminator_steps)),
      batch_(static_cast<std::size_t>(share.size(recipe.training.batch_size))),
      sampler_(seed_, static_cast<std::uint32_t>(images.count())),
      indices_(static_cast<std::size_t>(share.size(recipe.half_batch()))),
      images_(indices_.size() * images.image_size()),
      labels_(batch_),
      latents_(batch_ * static_cast<std::size_t>(latent_.size)) {}

Batch Feeder::discriminator_batch(std::uint64_t update) {
  gather(update);
  const std::span points = latents(indices_.size());
  fill_latents(discriminator_latents(update), latent_.distribution, points, first(points.size()));
  return {.images = images_, .labels = std::span(labels_).first(indices_.size()), .latents = points};
}

Batch Feeder::generator_batch(std::uint64_t update) {
  const std::uint64_t last = (update + 1) * discriminator_steps_ - 1;
  const std::span points = latents(batch_);
  const base::RandomKey own{.seed = seed_, .purpose = Purpose::generator_latent, .step = update};
  fill_latents(shares_fakes_ ? discriminator_latents(last) : own, latent_.distribution, points,
               first(points.size()));
  if (pairs_) {
    gather(last);
    return {.images = images_, .labels = labels_, .latents = points};
  }
  if (shares_fakes_) {
    choose(last);
    return {.images = {}, .labels = labels_, .latents = points};
  }
  const base::RandomKey key{.seed = seed_, .purpose = Purpose::generator_label, .step = update};
  for (std::size_t n = 0; n < labels_.size(); ++n) {
    labels_[n] = static_cast<std::int32_t>(
        base::bounded(base::random_word(key, first(batch_) + n), static_cast<std::uint32_t>(classes_)));
  }
  return {.images = {}, .labels = labels_, .latents = points};
}

Batch Feeder::vae_batch(std::uint64_t update) {
  gather(update);
  const std::span noise = latents(indices_.size());
  base::fill_normal({.seed = seed_, .purpose = Purpose::generator_latent, .step = update}, 0.0F, 1.0F, noise,
                    first(noise.size()));
  return {.images = images_, .labels = {}, .latents = noise};
}

void Feeder::gather(std::uint64_t batch) {
  choose(batch);
  data::gather(data_, indices_, pixel_range_, images_);
}

void Feeder::choose(std::uint64_t batch) {
  const std::uint64_t whole = indices_.size() * static_cast<std::size_t>(share_.parts);
  sampler_.indices(batch * whole + first(indices_.size()), indices_);
  data::gather_labels(data_, indices_, std::span(labels_).first(indices_.size()));
}

base::RandomKey Feeder::discriminator_latents(std::uint64_t update) const {
  return {.seed = seed_, .purpose = Purpose::discriminator_latent, .step = update};
}

std::span<float> Feeder::latents(std::size_t count) {
  return std::span(latents_).first(count * static_cast<std::size_t>(latent_.size));
}

void fill_latents(const base::RandomKey& key, Distribution distribution, std::span<float> latents,
                  std::uint64_t first) {
  if (distribution == Distribution::normal) {
    base::fill_normal(key, 0.0F, 1.0F, latents, first);
  } else {
    base::fill_uniform(key, -1.0F, 1.0F, latents, first);
  }
}

}  // namespace ganymede::train
