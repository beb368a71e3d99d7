#include "codecs/png.h"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "io/mutation.h"

namespace ganymede::codecs {
namespace {

using base::ErrorKind;
using test::expect_error;

Image example(int height, int width, int channels) {
  Image image{.height = height, .width = width, .channels = channels, .pixels = {}};
  for (int n = 0; n < height * width * channels; ++n) {
    image.pixels.push_back(static_cast<std::uint8_t>(n * 37));
  }
  return image;
}

/// Reads with libpng's own row reader, without the conversions that decode_png() asks for.
Image read_rows(const std::vector<std::byte>& contents) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  std::FILE* file = ::fmemopen(const_cast<std::byte*>(contents.data()), contents.size(), "rb");
  png_init_io(png, file);
  png_read_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
  Image image{.height = static_cast<int>(png_get_image_height(png, info)),
              .width = static_cast<int>(png_get_image_width(png, info)),
              .channels = png_get_channels(png, info),
              .pixels = {}};
  EXPECT_EQ(png_get_bit_depth(png, info), 8);
  for (int row = 0; row < image.height; ++row) {
    const png_bytep bytes = png_get_rows(png, info)[row];
    image.pixels.insert(image.pixels.end(), bytes, bytes + png_get_rowbytes(png, info));
  }
  std::fclose(file);
  png_destroy_read_struct(&png, &info, nullptr);
  return image;
}

TEST(Png, IsReadByLibpngAsWritten) {
  for (const int channels : {1, 3}) {
    const Image image = example(7, 13, channels);
    const std::vector<std::byte> bytes = encode_png(image);
    EXPECT_EQ(read_rows(bytes), image);
    EXPECT_EQ(decode_png(bytes, "image"), image);
    EXPECT_EQ(measure_png(bytes, "image"), (ImageHeader{7, 13, channels}));
  }
}

TEST(Png, KeepsEveryGreyLevel) {
  Image image{.height = 16, .width = 16, .channels = 1, .pixels = {}};
  for (int level = 0; level < 256; ++level) {
    image.pixels.push_back(static_cast<std::uint8_t>(level));
  }
  EXPECT_EQ(read_rows(encode_png(image)).pixels, image.pixels);
}

TEST(Png, RefusesATruncatedFile) {
  const std::vector<std::byte> bytes = encode_png(example(7, 13, 1));
  // The last 12 bytes are the end chunk, which a reader can do without.
  for (std::size_t size = 0; size + 12 < bytes.size(); ++size) {
    expect_error(ErrorKind::file, {"my image: found"},
                 [&] { decode_png(std::span(bytes).first(size), "my image"); });
  }
}

TEST(Png, RefusesAbsurdSizesBeforeItAllocatesMemory) {
  std::vector<std::byte> bytes = encode_png(example(1, 1, 1));
  // The header chunk for 500000 by 500000 pixels, with its checksum.
  const std::vector<std::uint8_t> header = {0x00, 0x07, 0xA1, 0x20, 0x00, 0x07, 0xA1, 0x20, 8, 0, 0, 0, 0};
  std::vector<std::uint8_t> chunk = {'I', 'H', 'D', 'R'};
  chunk.insert(chunk.end(), header.begin(), header.end());
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : chunk) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
    }
  }
  crc = ~crc;
  for (int shift = 24; shift >= 0; shift -= 8) {
    chunk.push_back(static_cast<std::uint8_t>(crc >> shift));
  }
  std::ranges::transform(chunk, bytes.begin() + 12, [](std::uint8_t byte) { return std::byte{byte}; });
  expect_error(ErrorKind::file, {"500000 by 500000"}, [&] { decode_png(bytes, ""); });
  expect_error(ErrorKind::file, {"500000 by 500000"}, [&] { measure_png(bytes, ""); });
}

TEST(Png, SurvivesDamage) {
  test::expect_damage_is_harmless(encode_png(example(9, 9, 3)),
                                  [](const std::vector<std::byte>& bytes) { decode_png(bytes, "damaged"); });
}

}  // namespace
}  // namespace ganymede::codecs
