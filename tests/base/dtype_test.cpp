#include "base/dtype.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace ganymede::base {
namespace {

float float_of(std::uint32_t word) {
  return std::bit_cast<float>(word);
}

bf16 bf16_of(std::uint32_t bits) {
  bf16 value;
  value.bits = static_cast<std::uint16_t>(bits);
  return value;
}

TEST(Bf16, EveryValueButNaNSurvivesTheWayThroughFloat) {
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits) {
    const auto value = static_cast<float>(bf16_of(bits));
    if (!std::isnan(value)) {
      ASSERT_EQ(bf16(value).bits, bits);
    }
  }
}

TEST(Bf16, RoundsToTheNearerNeighbourAndTiesToEven) {
  // Between two neighbours lie 2^16 floats: the quarter goes down, three quarters up, the half to the even
  // one, and the floats next to the half to their own side. Neighbours of opposite parity cover both ties.
  for (std::uint32_t bits = 0; bits < 0x7F80U; ++bits) {
    const std::uint32_t low = bits << 16;
    const std::uint32_t even = bits + bits % 2;
    for (const std::uint32_t sign : {0U, 0x8000U}) {
      const auto rounded = [&](std::uint32_t fraction) {
        return bf16(float_of(sign << 16 | low | fraction)).bits;
      };
      ASSERT_EQ(rounded(0x4000U), sign | bits);
      ASSERT_EQ(rounded(0x7FFFU), sign | bits);
      ASSERT_EQ(rounded(0x8000U), sign | even);
      ASSERT_EQ(rounded(0x8001U), sign | (bits + 1));
      ASSERT_EQ(rounded(0xC000U), sign | (bits + 1));
    }
  }
}

TEST(Bf16, OverflowsToInfinityPastTheMiddleBehindTheLargestValue) {
  EXPECT_EQ(bf16(float_of(0x7F7F7FFFU)).bits, 0x7F7FU);
  EXPECT_EQ(bf16(std::numeric_limits<float>::max()).bits, 0x7F80U);
  EXPECT_EQ(bf16(std::numeric_limits<float>::lowest()).bits, 0xFF80U);
  EXPECT_EQ(bf16(std::numeric_limits<float>::infinity()).bits, 0x7F80U);
  EXPECT_EQ(bf16(-std::numeric_limits<float>::infinity()).bits, 0xFF80U);
}

TEST(Bf16, NaNStaysNaNWithItsSign) {
  // Payloads that rounding would carry into the exponent or that the upper half does not hold.
  for (const std::uint32_t word : {0x7F800001U, 0x7F80FFFFU, 0x7FC00000U, 0x7FFFFFFFU, 0x7FFF8000U}) {
    for (const std::uint32_t sign : {0U, 0x80000000U}) {
      const bf16 rounded(float_of(sign | word));
      EXPECT_TRUE(std::isnan(static_cast<float>(rounded))) << std::hex << word;
      EXPECT_EQ(std::signbit(static_cast<float>(rounded)), sign != 0);
    }
  }
}

TEST(Bf16, KeepsDenormalsAndTheSignOfZero) {
  EXPECT_EQ(bf16(0.0F).bits, 0x0000U);
  EXPECT_EQ(bf16(-0.0F).bits, 0x8000U);
  EXPECT_EQ(bf16(float_of(0x00010000U)).bits, 0x0001U);
  EXPECT_EQ(bf16(float_of(0x00008000U)).bits, 0x0000U);
  EXPECT_EQ(bf16(float_of(0x00008001U)).bits, 0x0001U);
  EXPECT_EQ(bf16(float_of(0x007FFFFFU)).bits, 0x0080U);
}

TEST(DType, DispatchesToTheTypeOfItsSize) {
  EXPECT_EQ(size_of(DType::f32), 4U);
  EXPECT_EQ(size_of(DType::bf16), 2U);
  for (const DType type : {DType::f32, DType::bf16}) {
    EXPECT_EQ(dispatch(type, [](auto element) { return sizeof(element); }), size_of(type));
  }
}

}  // namespace
}  // namespace ganymede::base
