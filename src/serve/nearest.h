#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"

namespace ganymede::serve {

/// A training image and its distance from a given one.
struct Neighbour {
  std::size_t index = 0;
  double distance = 0.0;  ///< Euclidean, with pixels from 0 to 1
};

/// The `count` images of `split` nearest to `image`, the nearest first. `image` must have the split's image
/// size.
std::vector<Neighbour> nearest(const data::Split& split, std::span<const std::uint8_t> image,
                               std::size_t count);

}  // namespace ganymede::serve
