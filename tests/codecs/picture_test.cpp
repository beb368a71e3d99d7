#include "codecs/picture.h"

#include <gtest/gtest.h>
#include <webp/encode.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "codecs/jpeg.h"
#include "codecs/jpeg_bytes.h"
#include "codecs/png.h"
#include "codecs/webp.h"
#include "io/mutation.h"

namespace ganymede::codecs {
namespace {

using base::ErrorKind;
using test::expect_error;
using test::jpeg_of;
using Bytes = std::vector<std::byte>;

/// A picture without edges, of which JPEG loses little.
Image slope(int height, int width, int channels) {
  Image image{.height = height, .width = width, .channels = channels, .pixels = {}};
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      for (int channel = 0; channel < channels; ++channel) {
        image.pixels.push_back(static_cast<std::uint8_t>(4 * row + 3 * column + 20 * channel));
      }
    }
  }
  return image;
}

Bytes cmyk_jpeg() {
  return test::jpeg_of(std::vector<std::uint8_t>(4 * 64, 100), 8, 8, TJPF_CMYK, TJSAMP_444);
}

Bytes webp_of(const Image& image) {
  std::uint8_t* bytes = nullptr;
  const std::size_t size =
      WebPEncodeLosslessRGB(image.pixels.data(), image.width, image.height, 3 * image.width, &bytes);
  const auto* begin = reinterpret_cast<const std::byte*>(bytes);
  const Bytes copy(begin, begin + size);
  WebPFree(bytes);
  return copy;
}

int largest_difference(const Image& a, const Image& b) {
  int largest = 0;
  for (std::size_t n = 0; n < a.pixels.size(); ++n) {
    largest = std::max(largest, std::abs(a.pixels[n] - b.pixels[n]));
  }
  return largest;
}

TEST(Jpeg, IsReadAsLibjpegWroteIt) {
  for (const int channels : {1, 3}) {
    const Image image = slope(9, 14, channels);
    const Bytes bytes = jpeg_of(image);
    const Image read = decode_jpeg(bytes, "image");
    EXPECT_EQ(measure_jpeg(bytes, "image"), (ImageHeader{9, 14, channels}));
    EXPECT_EQ(read.height, 9);
    EXPECT_EQ(read.width, 14);
    EXPECT_EQ(read.channels, channels);
    ASSERT_EQ(read.pixels.size(), image.pixels.size());
    EXPECT_LE(largest_difference(read, image), 4);
  }
}

TEST(Jpeg, RefusesWhatIsCutOff) {
  const Bytes bytes = jpeg_of(slope(40, 40, 3));
  for (std::size_t size = 0; size + 2 < bytes.size(); size += 7) {
    expect_error(ErrorKind::file, {"photo: found"},
                 [&] { decode_jpeg(std::span(bytes).first(size), "photo"); });
  }
}

TEST(Jpeg, RefusesInkForPrinting) {
  expect_error(ErrorKind::file, {"photo", "CMYK", "grey or RGB"}, [] { decode_jpeg(cmyk_jpeg(), "photo"); });
}

TEST(Jpeg, RefusesAbsurdSizesBeforeItAsksForMemory) {
  Bytes bytes = jpeg_of(slope(9, 14, 3));
  const Bytes frame = {std::byte{0xFF}, std::byte{0xC0}};
  const auto header = std::ranges::search(bytes, frame).begin();
  ASSERT_NE(header, bytes.end());
  std::fill_n(header + 5, 4, std::byte{0xEA});  // 60138 by 60138
  expect_error(ErrorKind::file, {"60138 by 60138"}, [&] { decode_jpeg(bytes, "photo"); });
  expect_error(ErrorKind::file, {"60138 by 60138"}, [&] { measure_jpeg(bytes, "photo"); });
}

TEST(Jpeg, SurvivesDamage) {
  const Bytes bytes = jpeg_of(slope(9, 9, 3));
  int read = 0;
  for (std::uint64_t trial = 0; trial < 5000; ++trial) {
    try {
      read += decode_jpeg(test::damaged(bytes, trial), "damaged").pixels.empty() ? 0 : 1;
    } catch (const base::Error&) {
      // As it may.
    }
  }
  EXPECT_LT(read, 5000);
}

TEST(WebP, IsReadAsItsLibraryWroteIt) {
  const Image image = slope(9, 14, 3);
  const Bytes bytes = webp_of(image);
  EXPECT_EQ(decode_webp(bytes, "image"), image);
  EXPECT_EQ(measure_webp(bytes, "image"), (ImageHeader{9, 14, 3}));
}

TEST(WebP, PutsWhatIsTransparentOnBlack) {
  const std::vector<std::uint8_t> pixels = {200, 100, 50, 255, 200, 100, 50, 0};
  std::uint8_t* bytes = nullptr;
  const std::size_t size = WebPEncodeLosslessRGBA(pixels.data(), 2, 1, 8, &bytes);
  const Image image = decode_webp({reinterpret_cast<const std::byte*>(bytes), size}, "image");
  WebPFree(bytes);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{200, 100, 50, 0, 0, 0}));
}

TEST(WebP, RefusesWhatIsCutOff) {
  const Bytes bytes = webp_of(slope(40, 40, 3));
  for (std::size_t size = 0; size + 2 < bytes.size(); size += 7) {
    expect_error(ErrorKind::file, {"drawing: found"},
                 [&] { decode_webp(std::span(bytes).first(size), "drawing"); });
  }
}

TEST(WebP, SurvivesDamage) {
  const Bytes bytes = webp_of(slope(9, 9, 3));
  int read = 0;
  for (std::uint64_t trial = 0; trial < 5000; ++trial) {
    try {
      read += decode_webp(test::damaged(bytes, trial), "damaged").pixels.empty() ? 0 : 1;
    } catch (const base::Error&) {
      // As it may.
    }
  }
  EXPECT_LT(read, 5000);
}

TEST(Pictures, AreKnownByTheirBeginning) {
  const Image image = slope(3, 4, 3);
  EXPECT_EQ(decode_picture(encode_png(image), "a"), image);
  EXPECT_EQ(decode_picture(webp_of(image), "a"), image);
  EXPECT_EQ(decode_picture(jpeg_of(image), "a").width, 4);
  EXPECT_EQ(measure_picture(jpeg_of(image), "a"), (ImageHeader{3, 4, 3}));
}

TEST(Pictures, OfOtherFormatsAreRefused) {
  const Bytes gif = {std::byte{'G'}, std::byte{'I'}, std::byte{'F'}, std::byte{'8'}};
  expect_error(ErrorKind::file, {"a.png", "another format", "PNG, JPEG and WebP"},
               [&] { decode_picture(gif, "a.png"); });
  expect_error(ErrorKind::file, {"a.png", "an empty file"}, [&] { decode_picture({}, "a.png"); });
}

TEST(Pictures, HaveSuffixesInAnyCase) {
  for (const char* name : {"a.png", "b.PNG", "c.jpeg", "d.JPG", "e.webp", "ü/größe.Png"}) {
    EXPECT_TRUE(is_picture_name(name)) << name;
  }
  for (const char* name : {"a", "a.gif", "png", ".png", "a.png.txt"}) {
    EXPECT_FALSE(is_picture_name(name)) << name;
  }
}

}  // namespace
}  // namespace ganymede::codecs
