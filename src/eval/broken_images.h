#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/feature_reader.h"
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

  /// What the readers refer to and `device` must outlive it. Images are [count, height, width, channels].
  BrokenImages(const FeatureReader& first, const FeatureReader& second, std::span<const std::uint8_t> test,
               std::span<const std::uint8_t> train, const ops::Device& device);

  /// For each image 1 if it is broken, else 0. Image n is compared with all training images but number
  /// `training_numbers[n]`, if there are such.
  std::vector<float> judge(std::span<const std::uint8_t> images,
                           std::span<const std::uint32_t> training_numbers = {}) const;

 private:
  struct Space {
    FeatureReader reader;
    Points train;
    float far = 0.0F;  ///< the distance from which an image is far
  };
  static Space space_of(const FeatureReader& reader, std::span<const std::uint8_t> train);
  std::vector<float> distances(const Space& space, std::span<const std::uint8_t> images,
                               std::span<const std::uint32_t> training_numbers) const;

  const ops::Device& device_;
  std::array<Space, 2> spaces_;
};

}  // namespace ganymede::eval
