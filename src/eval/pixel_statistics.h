#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/shape.h"

namespace ganymede::eval {

/// What a look at the pixels themselves shows, for each image: a generator whose output saturates too early
/// or too late reaches neither black nor white, and one that blurs has smaller differences between
/// neighbours.
struct PixelStatistics {
  std::vector<float> black;  ///< [count], share of values that are exactly 0
  std::vector<float> white;  ///< [count], share of values of at least 250
  std::vector<float>
      laplacian;  ///< [count], mean of |left + right + above + below - 4 x| / 255 within the image
};

/// Of images [count, height, width, channels] of bytes; `image` is [height, width, channels].
PixelStatistics pixel_statistics(std::span<const std::uint8_t> images, const base::Shape& image);

}  // namespace ganymede::eval
