#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "net/program.h"

namespace ganymede::eval {

constexpr std::int64_t small_side = 8;
constexpr std::int64_t small_classes = 4;

/// A network for images of 8 x 8 with 16 features.
inline net::NetSpec small_classifier() {
  const net::Activation activation{ops::Function::leaky_relu, 0.1F};
  return {"classifier",
          {small_side, small_side, 1},
          net::Initializer::glorot_uniform,
          {net::Convolution{.channels = 8, .kernel = 3, .stride = 2, .padding = {}}, activation,
           net::Flatten{}, net::Dropout{0.5F}, net::Dense{.units = 16}, net::BatchNorm{}, activation,
           net::Dense{.units = small_classes}}};
}

inline net::Weights drawn_weights(const net::NetSpec& spec) {
  net::Weights weights(spec);
  weights.initialise(3, 0);
  return weights;
}

/// Images with their labels.
struct Patterns {
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint16_t> labels;
};

/// Noise over a bright quarter whose position is the class; each seed draws other images.
inline Patterns patterns(std::uint64_t seed, std::int64_t count) {
  Patterns drawn;
  for (std::int64_t n = 0; n < count; ++n) {
    const auto label = static_cast<std::uint16_t>(n % small_classes);
    drawn.labels.push_back(label);
    for (std::int64_t pixel = 0; pixel < small_side * small_side; ++pixel) {
      const std::int64_t quarter = pixel / small_side / 4 * 2 + pixel % small_side / 4;
      const std::uint32_t noise =
          base::random_word({.seed = seed, .step = static_cast<std::uint64_t>(n)}, pixel) >> 25;
      drawn.pixels.push_back(static_cast<std::uint8_t>(noise + (quarter == label ? 128 : 0)));
    }
  }
  return drawn;
}

}  // namespace ganymede::eval
