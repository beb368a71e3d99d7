#include "scores/two_sample.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "base/random.h"
#include "eval/classifier.h"
#include "train/classifier.h"

namespace ganymede::scores {

namespace {

enum Kind : std::uint16_t { is_generated, is_real };

/// Three convolutions of at most 64 channels, without augmentation, which would hide the edges of strokes.
train::ClassifierRecipe recipe_of_judge(std::uint64_t seed) {
  train::ClassifierRecipe recipe{.data = "two samples",
                                 .epochs = 12,
                                 .batch_size = 100,
                                 .learning_rate = 2e-3,
                                 .seed = static_cast<std::int64_t>(seed),
                                 .precision = train::Precision::f32,
                                 .augmentation = {},
                                 .layers = {}};
  for (const auto& [channels, stride] : {std::pair{32, 2}, {64, 2}, {64, 1}}) {
    recipe.layers.insert(
        recipe.layers.end(),
        {net::Convolution{.channels = channels, .kernel = 3, .stride = stride, .padding = {}, .bias = false},
         net::BatchNorm{.momentum = 0.9F}, net::Activation{ops::Function::leaky_relu, 0.1F}});
  }
  recipe.layers.insert(recipe.layers.end(),
                       {net::Flatten{}, net::Dropout{0.25F}, net::Dense{.units = 64},
                        net::Activation{ops::Function::leaky_relu, 0.1F}, net::Dense{.units = 2}});
  return recipe;
}

/// The numbers of `pairs` of so many images, in random order: files have an order, by which their halves
/// differ.
std::vector<std::uint32_t> drawn(std::size_t images, std::size_t pairs, std::uint64_t seed, Kind kind) {
  std::vector<std::uint32_t> numbers(images);
  std::iota(numbers.begin(), numbers.end(), 0U);
  const base::RandomKey key{.seed = seed, .purpose = base::Purpose::two_sample_test, .stream = kind};
  base::draw_first(key, std::span(numbers), pairs);
  numbers.resize(pairs);
  return numbers;
}

void append(std::span<const std::uint8_t> images, std::span<const std::uint32_t> numbers, Kind kind,
            std::size_t image_size, data::Split& split) {
  for (const std::uint32_t number : numbers) {
    const auto image = images.subspan(number * image_size, image_size);
    split.pixels.insert(split.pixels.end(), image.begin(), image.end());
    split.labels.push_back(kind);
  }
}

}  // namespace

eval::Estimate two_sample_accuracy(std::span<const std::uint8_t> generated,
                                   std::span<const std::uint8_t> real, const base::Shape& image,
                                   std::uint64_t seed, const ops::Device& device) {
  const auto image_size = static_cast<std::size_t>(image.elements());
  const std::size_t pairs = std::min(generated.size(), real.size()) / image_size;
  assert(pairs >= fewest_two_sample_images);
  data::Dataset samples{.name = "two samples",
                        .height = static_cast<int>(image[0]),
                        .width = static_cast<int>(image[1]),
                        .channels = static_cast<int>(image[2]),
                        .class_names = {"generated", "real"},
                        .train = {.pixels = {}, .labels = {}},
                        .test = {.pixels = {}, .labels = {}},
                        .files = {}};
  for (const auto& [images, kind] : {std::pair{generated, is_generated}, {real, is_real}}) {
    const std::vector<std::uint32_t> numbers = drawn(images.size() / image_size, pairs, seed, kind);
    append(images, std::span(numbers).first(pairs / 2), kind, image_size, samples.train);
    append(images, std::span(numbers).subspan(pairs / 2), kind, image_size, samples.test);
  }
  const train::ClassifierRecipe recipe = recipe_of_judge(seed);
  train::ClassifierTrainer trainer(recipe, samples, device);
  for (std::int64_t epoch = 0; epoch < recipe.epochs; ++epoch) {
    trainer.train_epoch();
  }
  eval::Classifier judge(trainer.network().spec(), trainer.network().weights(), device);
  const double right = eval::accuracy(judge.read(samples.test.pixels), samples.test.labels);
  return {.value = right,
          .deviation = std::sqrt(right * (1.0 - right) / static_cast<double>(samples.test.count()))};
}

}  // namespace ganymede::scores
