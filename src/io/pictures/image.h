#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ganymede::io {

/// A picture of bytes, from the top left.
struct Image {
  int height = 0;                    ///< in pixels
  int width = 0;                     ///< in pixels
  int channels = 1;                  ///< 1: grey; 3: red, green, blue
  std::vector<std::uint8_t> pixels;  ///< [height, width, channels]

  /// Whether the sizes and all pixels are equal.
  friend bool operator==(const Image&, const Image&) = default;
};

}  // namespace ganymede::io
