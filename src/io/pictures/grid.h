#pragma once

#include <cstdint>
#include <span>

#include "base/shape.h"
#include "io/pictures/image.h"

namespace ganymede::io {

/// A value as a pixel: `low` is black, `high` white, values beyond them are clamped, and NaN is black.
std::uint8_t to_byte(float value, float low, float high);

/// How make_grid() lays out images.
struct GridLayout {
  int columns = 0;                ///< images a row; 0: the grid is as square as can be
  int scale = 1;                  ///< pixels a pixel, in both directions
  int gap = 2;                    ///< pixels between images and around them
  std::uint8_t background = 255;  ///< of the gaps and of places without an image
  float low = -1.0F;              ///< the value that is black
  float high = 1.0F;              ///< the value that is white
};

/// Puts images side by side, row by row from the top left. Values beyond [low, high] are clamped, NaN is
/// black. `images` has the shape [count, height, width, channels] with one channel or three; the sizes must
/// fit.
Image make_grid(std::span<const float> images, const base::Shape& shape, const GridLayout& layout);

}  // namespace ganymede::io
