#include "codecs/orientation.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/jpeg.h"
#include "codecs/jpeg_bytes.h"

namespace ganymede::codecs {
namespace {

using Bytes = std::vector<std::byte>;

/// A grey picture of two rows, whose letters are its pixels.
Image of(std::string_view upper, std::string_view lower) {
  Image image{.height = 2, .width = static_cast<int>(upper.size()), .channels = 1, .pixels = {}};
  for (const std::string_view row : {upper, lower}) {
    image.pixels.insert(image.pixels.end(), row.begin(), row.end());
  }
  return image;
}

std::string rows_of(const Image& image) {
  std::string text;
  for (int row = 0; row < image.height; ++row) {
    const auto begin = image.pixels.begin() + std::ptrdiff_t{row} * image.width;
    text += (row == 0 ? "" : "/") + std::string(begin, begin + image.width);
  }
  return text;
}

/// A bright left half beside a dark right one, 16 rows by 8 columns, as a JPEG file.
Bytes bright_left() {
  Image image{.height = 16, .width = 8, .channels = 1, .pixels = {}};
  for (int n = 0; n < 16 * 8; ++n) {
    image.pixels.push_back(n % 8 < 4 ? 200 : 20);
  }
  return test::jpeg_of(image);
}

/// The file with Exif data of one entry, the orientation, behind its first marker.
Bytes with_orientation(const Bytes& jpeg, char orientation) {
  using namespace std::string_literals;
  const std::string exif = "Exif\0\0"s + "MM\0*\0\0\0\x08"s + "\0\x01"s + "\x01\x12\0\x03\0\0\0\x01\0"s +
                           orientation + "\0\0"s + "\0\0\0\0"s;
  const std::string segment = "\xFF\xE1\0"s + static_cast<char>(exif.size() + 2) + exif;
  const auto* begin = reinterpret_cast<const std::byte*>(segment.data());
  Bytes file = jpeg;
  file.insert(file.begin() + 2, begin, begin + segment.size());
  return file;
}

TEST(Orientation, TurnsEachOfTheEightUpright) {
  const std::array<std::string_view, 8> expected = {"abc/def",  "cba/fed",  "fed/cba",  "def/abc",
                                                    "ad/be/cf", "da/eb/fc", "fc/eb/da", "cf/be/ad"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Image seen = turned(of("abc", "def"), orientation);
    EXPECT_EQ(rows_of(seen), expected[static_cast<std::size_t>(orientation - 1)]) << orientation;
    EXPECT_EQ(exchanges_sides(orientation), seen.height == 3) << orientation;
  }
}

TEST(Orientation, KeepsTheChannelsOfAPixelTogether) {
  const Image stored{.height = 1, .width = 2, .channels = 3, .pixels = {1, 2, 3, 4, 5, 6}};
  EXPECT_EQ(turned(stored, 2).pixels, (std::vector<std::uint8_t>{4, 5, 6, 1, 2, 3}));
}

TEST(Orientation, IsReadFromAPhotograph) {
  const Bytes jpeg = bright_left();
  EXPECT_EQ(exif_orientation(jpeg), 1);
  for (char orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(exif_orientation(with_orientation(jpeg, orientation)), orientation);
  }
}

TEST(Orientation, ThatExifDoesNotKnowIsNone) {
  const Bytes jpeg = bright_left();
  EXPECT_EQ(exif_orientation(with_orientation(jpeg, 0)), 1);
  EXPECT_EQ(exif_orientation(with_orientation(jpeg, 9)), 1);
  EXPECT_EQ(exif_orientation({}), 1);
}

TEST(Orientation, OfAPhotographIsAppliedWhenItIsDecoded) {
  const Bytes file = with_orientation(bright_left(), 6);  // stored left is seen above
  EXPECT_EQ(measure_jpeg(file, "photo"), (ImageHeader{8, 16, 1}));
  const Image photo = decode_jpeg(file, "photo");
  ASSERT_EQ(photo.height, 8);
  ASSERT_EQ(photo.width, 16);
  EXPECT_GT(photo.pixels.front(), 150);
  EXPECT_LT(photo.pixels.back(), 70);
}

}  // namespace
}  // namespace ganymede::codecs
