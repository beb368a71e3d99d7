#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"

/// What is in a data set.
namespace ganymede::data {

/// How many images have each label: [classes], or the only number where the data has no labels.
std::vector<std::int64_t> count_labels(const Split& split, int classes);

/// The smallest, largest and mean byte of the images. There must be one.
struct PixelFacts {
  std::uint8_t lowest = 0;
  std::uint8_t highest = 0;
  double mean = 0.0;
};
PixelFacts describe_pixels(const Split& split);

/// Images that are there more than once, byte by byte.
struct Repetitions {
  std::int64_t in_both = 0;   ///< test images that are training images too
  std::int64_t in_train = 0;  ///< training images that an earlier one equals
};
Repetitions count_repetitions(const Dataset& dataset);

}  // namespace ganymede::data
