#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/threads/team.h"

namespace ganymede::base {
namespace {

using Words = std::array<std::uint32_t, 4>;

const RandomKey key{.seed = 42, .purpose = Purpose::dropout, .stream = 3, .step = 7};

/// The key that puts these words into Philox's counter and key.
Words philox(const Words& counter, std::uint32_t key_low, std::uint32_t key_high) {
  return random_block({.seed = std::uint64_t{key_high} << 32 | key_low,
                       .purpose = static_cast<Purpose>(counter[1] & 0xFFU),
                       .stream = counter[1] >> 8,
                       .step = std::uint64_t{counter[3]} << 32 | counter[2]},
                      counter[0]);
}

TEST(Philox, GivesTheKnownAnswersOfItsAuthors) {
  constexpr std::uint32_t ones = 0xFFFFFFFFU;
  EXPECT_EQ(philox({0, 0, 0, 0}, 0, 0), (Words{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}));
  EXPECT_EQ(philox({ones, ones, ones, ones}, ones, ones),
            (Words{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}));
  EXPECT_EQ(philox({0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}, 0xa4093822U, 0x299f31d0U),
            (Words{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}));
}

TEST(Random, NumbersTheWordsOfConsecutiveBlocks) {
  for (std::uint32_t n = 0; n < 12; ++n) {
    EXPECT_EQ(random_word(key, n), random_block(key, n / 4)[n % 4]);
  }
}

TEST(Random, EveryPartOfTheKeyChangesTheWords) {
  const std::vector<RandomKey> keys = {
      key,
      {.seed = 43, .purpose = key.purpose, .stream = key.stream, .step = key.step},
      {.seed = key.seed + (1ULL << 32), .purpose = key.purpose, .stream = key.stream, .step = key.step},
      {.seed = key.seed, .purpose = Purpose::shuffle, .stream = key.stream, .step = key.step},
      {.seed = key.seed, .purpose = key.purpose, .stream = 4, .step = key.step},
      {.seed = key.seed, .purpose = key.purpose, .stream = key.stream, .step = 8},
      {.seed = key.seed, .purpose = key.purpose, .stream = key.stream, .step = key.step + (1ULL << 32)},
  };
  for (std::size_t a = 0; a < keys.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      EXPECT_NE(random_block(keys[a], 0), random_block(keys[b], 0)) << a << " " << b;
    }
  }
}

TEST(Random, UnitUniformIsBelowOneAndExact) {
  EXPECT_EQ(unit_uniform(0), 0.0F);
  EXPECT_EQ(unit_uniform(0xFFU), 0.0F);
  EXPECT_EQ(unit_uniform(0x80000000U), 0.5F);
  EXPECT_EQ(unit_uniform(0xFFFFFFFFU), 1.0F - 0x1p-24F);
}

TEST(Random, BoundedIntegersCoverTheirRange) {
  EXPECT_EQ(bounded(0, 10), 0U);
  EXPECT_EQ(bounded(0xFFFFFFFFU, 10), 9U);
  EXPECT_EQ(bounded(0x80000000U, 10), 5U);
  EXPECT_EQ(bounded(0xFFFFFFFFU, 1), 0U);
}

TEST(Random, DrawsWithoutRepetitionAndEachItemEquallyOften) {
  std::vector<int> firsts(5);
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    std::vector<int> items = {0, 1, 2, 3, 4};
    draw_first({.seed = seed}, std::span(items), 2);
    ++firsts[items[0]];
    std::ranges::sort(items);
    ASSERT_EQ(items, (std::vector<int>{0, 1, 2, 3, 4}));
  }
  for (const int count : firsts) {
    EXPECT_NEAR(count, 1000, 150);
  }
}

TEST(Random, UniformFillFollowsItsFormula) {
  std::vector<float> values(11);
  fill_uniform(key, -2.0F, 6.0F, values);
  for (std::size_t n = 0; n < values.size(); ++n) {
    // One rounding of the product and one of the sum, of numbers below 8.
    EXPECT_NEAR(values[n], -2.0 + 8.0 * unit_uniform(random_word(key, n)), 2 * 8 * 0x1p-24);
  }
}

TEST(Random, NormalFillIsBoxAndMullersTransform) {
  std::vector<float> values(4096);
  fill_normal(key, 1.0F, 3.0F, values);
  for (std::size_t n = 0; n < values.size(); ++n) {
    const double u = ((random_word(key, n / 2 * 2) >> 8) + 1) * 0x1p-24;
    const double angle = 2.0 * M_PI * unit_uniform(random_word(key, n / 2 * 2 + 1));
    const double radius = std::sqrt(-2.0 * std::log(u));
    const double expected = 1.0 + 3.0 * radius * (n % 2 == 0 ? std::cos(angle) : std::sin(angle));
    // The angle is below 2 pi and rounded thrice (2 pi, the product and the function's own), which moves a
    // point on the circle by at most 3 * 2 pi * 2^-24 radii; the rest is a handful of relative roundings.
    EXPECT_NEAR(values[n], expected, (3.0 * radius * (6 * M_PI + 8) + 2 * std::abs(expected)) * 0x1p-24) << n;
  }
}

TEST(Random, FillsDoNotDependOnThreadsOrOnTheLength) {
  // Long enough for several chunks of 1024 blocks, and not a whole number of blocks.
  constexpr std::size_t size = 4 * 4096 + 3;
  for (const auto fill : {fill_uniform, fill_normal}) {
    std::vector<float> expected(size);
    fill(key, -1.0F, 1.0F, expected, 0);
    for (const int threads : {1, 2, 3}) {
      const base::Team team(threads);
      for (const std::size_t length : {std::size_t{1}, std::size_t{2}, std::size_t{7}, size - 1, size}) {
        std::vector<float> values(length);
        fill(key, -1.0F, 1.0F, values, 0);
        ASSERT_TRUE(std::equal(values.begin(), values.end(), expected.begin())) << threads << " " << length;
      }
    }
  }
}

TEST(Random, FillsGoOnFromAnyNumber) {
  for (const auto fill : {fill_uniform, fill_normal}) {
    std::vector<float> expected(50);
    fill(key, -1.0F, 1.0F, expected, 0);
    for (const std::size_t first : {0U, 1U, 2U, 3U, 4U, 9U, 30U}) {
      for (const std::size_t length : {1U, 2U, 3U, 4U, 20U}) {
        std::vector<float> values(length);
        fill(key, -1.0F, 1.0F, values, first);
        EXPECT_TRUE(
            std::equal(values.begin(), values.end(), expected.begin() + static_cast<std::ptrdiff_t>(first)))
            << first << " " << length;
      }
    }
  }
}

/// The mean of x^power over `values`.
double moment(const std::vector<float>& values, int power) {
  double sum = 0.0;
  for (const float x : values) {
    sum += std::pow(static_cast<double>(x), power);
  }
  return sum / static_cast<double>(values.size());
}

TEST(Random, NormalsHaveTheMomentsOfTheNormalDistribution) {
  std::vector<float> values(200'000);
  fill_normal(key, 0.0F, 1.0F, values);
  // The mean of n independent x^k deviates by sqrt(var(x^k) / n); six deviations happen once in 10^9 keys.
  const double six = 6.0 / std::sqrt(static_cast<double>(values.size()));
  EXPECT_NEAR(moment(values, 1), 0.0, six * 1.0);
  EXPECT_NEAR(moment(values, 2), 1.0, six * std::sqrt(2.0));
  EXPECT_NEAR(moment(values, 3), 0.0, six * std::sqrt(15.0));
  EXPECT_NEAR(moment(values, 4), 3.0, six * std::sqrt(96.0));
}

TEST(Random, NeighbouringNormalsAreUncorrelated) {
  std::vector<float> values(200'000);
  fill_normal(key, 0.0F, 1.0F, values);
  for (const std::size_t lag : {1U, 2U, 4U}) {
    double sum = 0.0;
    for (std::size_t n = lag; n < values.size(); ++n) {
      sum += static_cast<double>(values[n]) * values[n - lag];
    }
    const auto pairs = static_cast<double>(values.size() - lag);
    EXPECT_NEAR(sum / pairs, 0.0, 6.0 / std::sqrt(pairs)) << lag;
  }
}

TEST(Random, UniformsFillTheirRangeEvenly) {
  constexpr int bins = 16;
  std::vector<float> values(160'000);
  fill_uniform(key, -3.0F, 5.0F, values);
  EXPECT_GE(*std::ranges::min_element(values), -3.0F);
  EXPECT_LE(*std::ranges::max_element(values), 5.0F);
  std::array<int, bins> counts{};
  for (const float x : values) {
    ++counts[static_cast<std::size_t>(std::min((x + 3.0F) / 8.0F * bins, bins - 1.0F))];
  }
  // A bin's count is binomial with probability 1 / bins.
  const double expected = static_cast<double>(values.size()) / bins;
  for (const int count : counts) {
    EXPECT_NEAR(count, expected, 6.0 * std::sqrt(expected * (1.0 - 1.0 / bins)));
  }
}

}  // namespace
}  // namespace ganymede::base
