#pragma once

#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "codecs/image.h"

namespace ganymede::test {

/// The file that libjpeg-turbo writes of pixels in one of its formats.
inline std::vector<std::byte> jpeg_of(std::span<const std::uint8_t> pixels, int height, int width, int format,
                                      int sampling) {
  constexpr int quality = 100;
  const tjhandle compressor = tjInitCompress();
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(
      tjCompress2(compressor, pixels.data(), width, 0, height, format, &bytes, &size, sampling, quality, 0),
      0);
  const auto* begin = reinterpret_cast<const std::byte*>(bytes);
  std::vector<std::byte> copy(begin, begin + size);
  tjFree(bytes);
  tjDestroy(compressor);
  return copy;
}

/// The same of an image, grey or RGB.
inline std::vector<std::byte> jpeg_of(const codecs::Image& image) {
  return image.channels == 1 ? jpeg_of(image.pixels, image.height, image.width, TJPF_GRAY, TJSAMP_GRAY)
                             : jpeg_of(image.pixels, image.height, image.width, TJPF_RGB, TJSAMP_444);
}

}  // namespace ganymede::test
