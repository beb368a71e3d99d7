#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

/// The bytes of a file to values and back; files themselves are opened elsewhere.
namespace ganymede::codecs {

/// The most pixels of a picture that is decoded.
inline constexpr std::uint64_t max_pixels = std::uint64_t{1} << 26;

/// A picture of bytes, from the top left.
struct Image {
  int height = 0;
  int width = 0;
  int channels = 1;                  ///< 1: grey; 3: red, green, blue
  std::vector<std::uint8_t> pixels;  ///< [height, width, channels]

  friend bool operator==(const Image&, const Image&) = default;
};

/// What the beginning of a picture's file says of the image that it holds.
struct ImageHeader {
  int height = 0;
  int width = 0;
  int channels = 1;

  friend auto operator<=>(const ImageHeader&, const ImageHeader&) = default;
};

}  // namespace ganymede::codecs
