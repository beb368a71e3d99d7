#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"

/// What is in a data set.
namespace ganymede::data {

/// Whether its images are those of published files and no others.
bool is_published(const Dataset& dataset);

/// How many images have each label: [classes], or the only number where the data has no labels.
std::vector<std::int64_t> count_labels(const Split& split, int classes);

/// The bytes of images.
struct PixelFacts {
  std::uint8_t lowest = 0;   ///< the smallest
  std::uint8_t highest = 0;  ///< the largest
  double mean = 0.0;         ///< of all
};
/// The facts of a split of one image at least.
PixelFacts describe_pixels(const Split& split);

/// Images that are there more than once, byte by byte.
struct Repetitions {
  std::int64_t in_both = 0;   ///< test images that are training images too
  std::int64_t in_train = 0;  ///< training images that an earlier one equals
};
/// Compares all images of a data set.
Repetitions count_repetitions(const Dataset& dataset);

}  // namespace ganymede::data
