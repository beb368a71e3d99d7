#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/feature_space.h"
#include "eval/metrics/distances.h"
#include "ops/device.h"

namespace ganymede::eval {

/// Tells images that look like no real one: those that are far from every training image in both of two
/// spaces of features. How far is far is set by the test images, of which 1% are. Of more training images
/// than `most_neighbours` the first ones are taken, which makes every distance a little longer.
class BrokenImages {
 public:
  static constexpr std::int64_t most_neighbours = 20'000;  ///< training images to compare with
  static constexpr double share_of_test_images = 0.01;     ///< that count as broken

  /// The spaces are of the test images; `train` is [count, height, width, channels]. `device` must outlive
  /// it.
  BrokenImages(const FeatureSpace& first, const FeatureSpace& second, std::span<const std::uint8_t> train,
               const ops::Device& device);

  /// For each image, as it was read in both spaces, 1 if it is broken, else 0. Image n is compared with all
  /// training images but number `training_numbers[n]`, if there are such.
  std::vector<float> judge(const Readings& first, const Readings& second,
                           std::span<const std::uint32_t> training_numbers = {}) const;

 private:
  std::array<std::vector<float>, 2> distances(const Readings& first, const Readings& second,
                                              std::span<const std::uint32_t> training_numbers) const;

  const ops::Device& device_;
  std::array<Points, 2> train_;  ///< in either space
  std::array<float, 2> far_{};   ///< the distances from which an image is far
};

}  // namespace ganymede::eval
