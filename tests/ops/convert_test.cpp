#include "ops/convert.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>

#include "reference/guarded.h"
#include "reference/values.h"

namespace ganymede::ops {
namespace {

using base::bf16;
using base::DType;
using reference::Guarded;

/// What rounds differently: both sides of every middle between two bf16 values, the middles, and NaNs,
/// infinities and denormals among them.
std::vector<float> interesting_values() {
  std::vector<float> values;
  for (std::uint32_t high = 0; high < 0x10000U; ++high) {
    for (const std::uint32_t low : {0x0000U, 0x0001U, 0x7FFFU, 0x8000U, 0x8001U, 0xFFFFU}) {
      values.push_back(std::bit_cast<float>(high << 16 | low));
    }
  }
  return values;
}

/// The bf16 value nearest to `value`, found by comparing it with its two neighbours in double.
std::uint16_t nearest_bf16(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  const auto below = static_cast<std::uint16_t>(word >> 16);  // towards zero
  const auto above = static_cast<std::uint16_t>(below + 1);
  // Past the largest value stands the next power of two, which overflows to infinity.
  const auto size = [](std::uint16_t bits) {
    const int exponent = (bits >> 7 & 0xFF) == 0 ? 1 : bits >> 7 & 0xFF;
    const int significand = (bits & 0x7F) + ((bits >> 7 & 0xFF) == 0 ? 0 : 128);
    return std::ldexp(static_cast<double>(significand), exponent - 127 - 7);
  };
  const double down = std::abs(static_cast<double>(value)) - size(below);
  const double up = size(above) - std::abs(static_cast<double>(value));
  if (down == up) {
    return below % 2 == 0 ? below : above;
  }
  return down < up ? below : above;
}

TEST(Convert, RoundsToTheNearestBf16) {
  const std::vector<float> src = interesting_values();
  Guarded dst(DType::bf16, src.size());
  convert<float, bf16>(src, dst.as<bf16>());
  for (std::size_t i = 0; i < src.size(); ++i) {
    const bf16 rounded = dst.as<bf16>()[i];
    if (std::isnan(src[i])) {
      ASSERT_TRUE(std::isnan(static_cast<float>(rounded)))
          << std::hex << std::bit_cast<std::uint32_t>(src[i]);
    } else if (std::isinf(src[i])) {
      ASSERT_EQ(static_cast<float>(rounded), src[i]);
    } else {
      ASSERT_EQ(rounded.bits, nearest_bf16(src[i])) << std::hex << std::bit_cast<std::uint32_t>(src[i]);
    }
  }
  EXPECT_TRUE(dst.intact());
}

TEST(Convert, WidensExactly) {
  std::vector<bf16> src(0x10000);
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits) {
    src[bits].bits = static_cast<std::uint16_t>(bits);
  }
  Guarded dst(DType::f32, src.size());
  convert<bf16, float>(src, dst.as<float>());
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits) {
    ASSERT_EQ(std::bit_cast<std::uint32_t>(dst.as<float>()[bits]), bits << 16);
  }
  EXPECT_TRUE(dst.intact());
}

TEST(Convert, CopiesBetweenEqualTypes) {
  const std::vector<float> src = reference::random_values(1, 20'001);
  Guarded dst(DType::f32, src.size());
  convert<float, float>(src, dst.as<float>());
  EXPECT_EQ(dst.values(), src);
  const Guarded narrow(DType::bf16, src);
  Guarded copy(DType::bf16, src.size());
  convert<bf16, bf16>({static_cast<const bf16*>(narrow.data()), src.size()}, copy.as<bf16>());
  EXPECT_EQ(copy.values(), narrow.values());
  EXPECT_TRUE(dst.intact() && copy.intact());
}

}  // namespace
}  // namespace ganymede::ops
