#include "eval/stacked.h"

#include <algorithm>

#include "base/random.h"
#include "eval/label_statistics.h"
#include "eval/metrics/bootstrap.h"

namespace ganymede::eval {

std::vector<std::uint32_t> stacked_modes(Classifier& classifier, std::span<const std::uint8_t> images) {
  const std::size_t count = images.size() / stacked_channels / classifier.image_shape().elements();
  std::vector<std::uint32_t> modes(count);
  std::vector<std::uint8_t> channel(images.size() / stacked_channels);  // [count, height, width]
  for (std::int64_t c = 0; c < stacked_channels; ++c) {
    for (std::size_t pixel = 0; pixel < channel.size(); ++pixel) {
      channel[pixel] = images[pixel * stacked_channels + c];
    }
    const Readings readings = classifier.read(channel);
    for (std::size_t image = 0; image < count; ++image) {
      modes[image] = modes[image] * static_cast<std::uint32_t>(classifier.classes()) +
                     static_cast<std::uint32_t>(readings.label(static_cast<std::int64_t>(image)));
    }
  }
  return modes;
}

StackedScores score_modes(std::span<const std::uint32_t> modes, std::int64_t all,
                          const EvaluationSettings& settings) {
  const std::vector<double> uniform(static_cast<std::size_t>(all), 1.0 / static_cast<double>(all));
  const auto divergence_of = [&](std::span<const float> weights) {
    std::vector<double> shares(uniform.size());
    for (std::size_t image = 0; image < modes.size(); ++image) {
      shares[modes[image]] += static_cast<double>(weights[image]) / static_cast<double>(modes.size());
    }
    return divergence(shares, uniform);
  };
  std::vector<std::uint32_t> different(modes.begin(), modes.end());
  std::ranges::sort(different);
  different.erase(std::unique(different.begin(), different.end()), different.end());
  StackedScores scores;
  scores.modes.value = static_cast<double>(different.size());
  scores.divergence = {
      divergence_of(std::vector<float>(modes.size(), 1.0F)),
      bootstrap_deviation(static_cast<std::int64_t>(modes.size()),
                          {.resamples = settings.resamples, .seed = settings.seed}, divergence_of)};
  return scores;
}

StackedScores score_stacks(Classifier& classifier, std::span<const std::uint8_t> images,
                           const EvaluationSettings& settings) {
  const std::int64_t classes = classifier.classes();
  return score_modes(stacked_modes(classifier, images), classes * classes * classes, settings);
}

std::vector<std::uint8_t> stack(const LabelledImages& images, std::int64_t count, std::uint64_t seed) {
  const std::size_t pixels = images.pixels.size() / images.labels.size();
  const base::RandomKey key{.seed = seed, .purpose = base::Purpose::evaluation_subset, .stream = 3};
  std::vector<std::uint8_t> stacks(static_cast<std::size_t>(count * stacked_channels) * pixels);
  for (std::int64_t image = 0; image < count; ++image) {
    for (std::int64_t c = 0; c < stacked_channels; ++c) {
      const std::uint32_t drawn =
          base::bounded(base::random_word(key, static_cast<std::uint64_t>(image * stacked_channels + c)),
                        static_cast<std::uint32_t>(images.labels.size()));
      for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        stacks[(image * pixels + pixel) * stacked_channels + c] = images.pixels[drawn * pixels + pixel];
      }
    }
  }
  return stacks;
}

}  // namespace ganymede::eval
