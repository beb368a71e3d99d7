#include "train/sampling.h"

#include <algorithm>

#include "base/number.h"
#include "base/random.h"
#include "train/feeder.h"

namespace ganymede::train {

ImageMaker::ImageMaker(const net::NetSpec& generator, net::Weights& weights, const ops::Device& device,
                       base::DType precision, std::int64_t batch)
    : spec_(generator),
      batch_(batch),
      image_(net::output_shape(generator)),
      program_(generator, {.batch = batch, .precision = precision}, weights, device) {}

void ImageMaker::make(std::span<const float> latents, std::span<const std::int32_t> labels,
                      std::span<float> images) {
  const std::int64_t latent = latent_size();
  const std::int64_t pixels = image_.elements();
  const std::int64_t count = static_cast<std::int64_t>(latents.size()) / latent;
  for (std::int64_t first = 0; first < count; first += batch_) {
    const std::int64_t part = std::min(batch_, count - first);
    std::ranges::copy(latents.subspan(first * latent, part * latent), program_.input().begin());
    if (takes_labels()) {
      std::ranges::copy(labels.subspan(first, part), program_.labels().begin());
    }
    program_.forward({});
    std::copy_n(program_.output().begin(), part * pixels, images.begin() + first * pixels);
  }
}

std::vector<float> sample_latents(const Recipe& recipe, std::uint64_t seed, std::int64_t count) {
  std::vector<float> latents(static_cast<std::size_t>(count * recipe.latent.size));
  fill_latents({.seed = seed, .purpose = base::Purpose::sample_latent}, recipe.latent.distribution, latents);
  const auto temperature = static_cast<float>(recipe.latent.temperature);
  std::ranges::transform(latents, latents.begin(), [&](float value) { return temperature * value; });
  return latents;
}

std::vector<std::int32_t> sample_labels(std::int64_t count, std::int64_t columns, std::int64_t classes,
                                        std::optional<std::int64_t> label) {
  std::vector<std::int32_t> labels(static_cast<std::size_t>(count));
  for (std::int64_t n = 0; n < count; ++n) {
    labels[n] = static_cast<std::int32_t>(label.value_or(n / columns % std::max<std::int64_t>(classes, 1)));
  }
  return labels;
}

std::vector<std::int32_t> labels_in_shares_of(std::span<const std::uint16_t> labels, std::uint64_t seed,
                                              std::int64_t count) {
  std::vector<std::int64_t> counts;
  for (const std::uint16_t label : labels) {
    counts.resize(std::max(counts.size(), std::size_t{label} + 1));
    ++counts[label];
  }
  std::vector<std::int32_t> all;
  for (std::int32_t label = 0; const std::int64_t wanted : base::apportioned(counts, count)) {
    all.insert(all.end(), static_cast<std::size_t>(wanted), label++);
  }
  base::draw_first({.seed = seed, .purpose = base::Purpose::sample_label}, std::span(all), all.size());
  return all;
}

}  // namespace ganymede::train
