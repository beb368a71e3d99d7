#include "ops/elementwise/dropout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/dtype.h"
#include "base/threads/team.h"
#include "reference/expect.h"
#include "reference/operations.h"
#include "reference/values.h"

namespace ganymede::ops {
namespace {

using base::DType;
using reference::Guarded;

const base::RandomKey key{.seed = 5, .purpose = base::Purpose::dropout, .stream = 9, .step = 3};

std::vector<std::uint8_t> mask(const base::RandomKey& of, float rate, std::size_t size) {
  std::vector<std::uint8_t> kept(size, 0xA5);
  dropout_mask(of, rate, kept);
  return kept;
}

TEST(Dropout, MaskFollowsTheBytesOfTheRandomBlocks) {
  for (const float rate : {0.0F, 0.3F, 0.5F, 0.99F}) {
    const auto kept = mask(key, rate, 1003);
    for (std::size_t n = 0; n < kept.size(); ++n) {
      ASSERT_EQ(kept[n], reference::is_kept(key, rate, static_cast<std::int64_t>(n)) ? 1 : 0);
    }
  }
}

TEST(Dropout, KeepsTheShareThatTheRateLeaves) {
  for (const float rate : {0.1F, 0.3F, 0.4F, 0.5F, 0.9F}) {
    const auto kept = mask(key, rate, 200'000);
    const auto count = static_cast<double>(std::accumulate(kept.begin(), kept.end(), 0));
    // Binomial, with the rate rounded to a multiple of 1/256; six deviations happen once in 10^9 keys.
    const double share = 1.0 - std::round(rate * 256.0) / 256.0;
    const auto size = static_cast<double>(kept.size());
    EXPECT_NEAR(share, 1.0 - rate, 1.0 / 512.0);
    EXPECT_NEAR(count, share * size, 6.0 * std::sqrt(size * share * (1.0 - share)));
  }
}

TEST(Dropout, KeepsAllAtRateZero) {
  EXPECT_EQ(mask(key, 0.0F, 500), std::vector<std::uint8_t>(500, 1));
  EXPECT_EQ(dropout_scale(0.0F), 1.0F);
}

TEST(Dropout, ElementsDependOnlyOnTheirNumberAndTheKey) {
  constexpr std::size_t size = 50'003;  // more than two threads' share
  const auto expected = mask(key, 0.5F, size);
  for (const int threads : {1, 2, 3}) {
    const base::Team team(threads);
    for (const std::size_t length : {std::size_t{1}, std::size_t{15}, std::size_t{17}, size}) {
      const auto kept = mask(key, 0.5F, length);
      EXPECT_TRUE(std::equal(kept.begin(), kept.end(), expected.begin()));
    }
  }
  base::RandomKey other = key;
  other.step += 1;
  EXPECT_NE(mask(other, 0.5F, size), expected);
}

TEST(Dropout, MaskGoesOnFromAnyElement) {
  const auto expected = mask(key, 0.5F, 200);
  for (const std::int64_t first : {0, 1, 15, 16, 17, 100}) {
    for (const std::size_t length : {1U, 15U, 16U, 90U}) {
      std::vector<std::uint8_t> kept(length, 0xA5);
      dropout_mask(key, 0.5F, kept, first);
      EXPECT_TRUE(std::equal(kept.begin(), kept.end(), expected.begin() + static_cast<std::ptrdiff_t>(first)))
          << first << " " << length;
    }
  }
}

TEST(Dropout, WritesNothingBehindItsMask) {
  std::vector<std::uint8_t> memory(64, 0xA5);
  dropout_mask(key, 0.5F, std::span(memory).first(21));
  EXPECT_EQ(std::vector<std::uint8_t>(memory.begin() + 21, memory.end()),
            std::vector<std::uint8_t>(43, 0xA5));
}

TEST(Dropout, ScaleKeepsTheExpectation) {
  EXPECT_EQ(dropout_scale(0.5F), 2.0F);
  EXPECT_EQ(dropout_scale(0.75F), 4.0F);
  for (const float rate : {0.1F, 0.3F, 0.4F, 0.99F}) {
    EXPECT_FLOAT_EQ(dropout_scale(rate), static_cast<float>(reference::dropout_scale(rate)));
  }
}

TEST(Dropout, MultipliesTheKeptAndClearsTheOthers) {
  const auto kept = mask(key, 0.3F, 1003);
  for (const DType type : {DType::f32, DType::bf16}) {
    Guarded data(type, reference::random_values(1, std::ssize(kept)));
    reference::Values expected = reference::exact(data.values());
    for (std::size_t n = 0; n < kept.size(); ++n) {
      const reference::Bounded factor = kept[n] != 0 ? reference::constant(1.4F) : reference::Bounded{};
      expected[n] = reference::stored(expected[n] * factor, type);
    }
    dispatch(type, [&]<class T>(T) { dropout_apply<T>(kept, 1.4F, data.as<T>()); });
    constexpr double mean_error = 1.5;  // in roundings; 0.4 is reached
    expect_within(data, expected, mean_error);
  }
}

}  // namespace
}  // namespace ganymede::ops
