#include "data/formats/parts/idx.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "io/mutation.h"

namespace ganymede::data {
namespace {

using base::ErrorKind;
using test::expect_error;

const std::vector<std::uint8_t> two_images = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0,
                                              1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255};
const std::vector<std::uint8_t> three_labels = {0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9};

std::vector<std::uint8_t> with(std::vector<std::uint8_t> bytes, std::size_t index, std::uint8_t value) {
  bytes[index] = value;
  return bytes;
}

TEST(Idx, HoldsImages) {
  const IdxArray array = parse_idx(two_images, "images");
  EXPECT_EQ(array.shape, (std::vector<std::int64_t>{2, 1, 3}));
  EXPECT_EQ(array.values, (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 255}));
}

TEST(Idx, HoldsLabels) {
  const IdxArray array = parse_idx(three_labels, "labels");
  EXPECT_EQ(array.shape, (std::vector<std::int64_t>{3}));
  EXPECT_EQ(array.values, (std::vector<std::uint8_t>{7, 0, 9}));
}

TEST(Idx, RefusesATruncatedFile) {
  for (std::size_t size = 0; size < two_images.size(); ++size) {
    expect_error(ErrorKind::data, {"my file: found "}, [&] {
      parse_idx({two_images.begin(), two_images.begin() + static_cast<std::ptrdiff_t>(size)}, "my file");
    });
  }
}

TEST(Idx, RefusesTrailingBytes) {
  std::vector<std::uint8_t> longer = two_images;
  longer.push_back(0);
  expect_error(ErrorKind::data, {"7 bytes after the header", "[2, 1, 3]"}, [&] { parse_idx(longer, ""); });
}

TEST(Idx, RefusesAnotherMagicNumber) {
  expect_error(ErrorKind::data, {"0x00000903", "0x00000803"}, [] { parse_idx(with(two_images, 2, 9), ""); });
  expect_error(ErrorKind::data, {"0x00000802"}, [] { parse_idx(with(two_images, 3, 2), ""); });
  expect_error(ErrorKind::data, {"0x80000803"}, [] { parse_idx(with(two_images, 0, 128), ""); });
}

TEST(Idx, RefusesSizesOfZero) {
  const std::vector<std::uint8_t> none = {0, 0, 8, 1, 0, 0, 0, 0};
  expect_error(ErrorKind::data, {"the sizes [0]"}, [&] { parse_idx(none, ""); });
}

TEST(Idx, RefusesSizesWhoseProductOverflows) {
  // 2^31 * 2^31 * 4 is 2^64, which wraps to the zero bytes that follow.
  const std::vector<std::uint8_t> absurd = {0, 0, 8, 3, 128, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 4};
  expect_error(ErrorKind::data, {"the sizes [2147483648, 2147483648, 4]"}, [&] { parse_idx(absurd, ""); });
}

TEST(Idx, SurvivesDamage) {
  test::expect_damage_is_harmless(two_images, [](std::vector<std::uint8_t> bytes) {
    const IdxArray array = parse_idx(std::move(bytes), "damaged");
    std::int64_t product = 1;
    for (const std::int64_t size : array.shape) {
      product *= size;
    }
    ASSERT_EQ(product, static_cast<std::int64_t>(array.values.size()));
  });
}

}  // namespace
}  // namespace ganymede::data
