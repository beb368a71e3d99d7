#include "data/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/random.h"

namespace ganymede::data {
namespace {

std::vector<std::uint32_t> stream(std::uint64_t seed, std::uint32_t count, std::uint64_t first,
                                  std::size_t length) {
  Sampler sampler(seed, count);
  std::vector<std::uint32_t> indices(length);
  sampler.indices(first, indices);
  return indices;
}

TEST(Sampler, ShowsEveryImageOnceAPass) {
  for (const std::uint32_t count : {1U, 2U, 7U, 1000U}) {
    std::vector<std::uint32_t> all(count);
    std::iota(all.begin(), all.end(), 0U);
    for (std::uint64_t pass = 0; pass < 5; ++pass) {
      std::vector<std::uint32_t> shown = stream(1, count, pass * count, count);
      std::ranges::sort(shown);
      EXPECT_EQ(shown, all);
    }
  }
}

TEST(Sampler, FollowsTheShuffleOfItsDocumentation) {
  constexpr std::uint32_t count = 10;
  for (std::uint64_t pass = 0; pass < 3; ++pass) {
    std::vector<std::uint32_t> expected(count);
    std::iota(expected.begin(), expected.end(), 0U);
    const base::RandomKey key{.seed = 42, .purpose = base::Purpose::shuffle, .stream = 0, .step = pass};
    for (std::uint32_t k = 0; k < count - 1; ++k) {
      const std::uint32_t i = count - 1 - k;
      std::swap(expected[i], expected[base::bounded(base::random_word(key, k), i + 1)]);
    }
    EXPECT_EQ(stream(42, count, pass * count, count), expected);
  }
}

TEST(Sampler, IsAPureFunctionOfThePosition) {
  const std::vector<std::uint32_t> whole = stream(3, 100, 0, 1000);
  Sampler sampler(3, 100);
  for (const std::uint64_t first : {950, 0, 99, 100, 512, 101, 333}) {
    std::vector<std::uint32_t> batch(50);  // some of them cross from one pass into the next
    sampler.indices(first, batch);
    EXPECT_TRUE(std::ranges::equal(batch, std::span(whole).subspan(first, 50))) << "at " << first;
  }
}

TEST(Sampler, FillsABatchThatIsLargerThanThePass) {
  const std::vector<std::uint32_t> batch = stream(3, 4, 2, 11);
  const std::vector<std::uint32_t> whole = stream(3, 4, 0, 16);
  EXPECT_TRUE(std::ranges::equal(batch, std::span(whole).subspan(2, 11)));
}

TEST(Sampler, ShufflesEveryPassAndSeedDifferently) {
  EXPECT_NE(stream(1, 100, 0, 100), stream(1, 100, 100, 100));
  EXPECT_NE(stream(1, 100, 0, 100), stream(2, 100, 0, 100));
  EXPECT_EQ(stream(1, 100, 0, 100), stream(1, 100, 0, 100));
}

TEST(Sampler, PutsEveryImageAtEveryPlaceEquallyOften) {
  // Chi-squared with 5 degrees of freedom: 20.5 is exceeded once in a thousand fair shuffles.
  constexpr std::uint32_t count = 6;
  constexpr std::uint64_t passes = 6000;
  const std::vector<std::uint32_t> shown = stream(5, count, 0, count * passes);
  for (std::uint32_t place = 0; place < count; ++place) {
    std::vector<double> times(count);
    for (std::uint64_t pass = 0; pass < passes; ++pass) {
      times[shown[pass * count + place]] += 1.0;
    }
    double chi_squared = 0.0;
    for (const double observed : times) {
      const double expected = static_cast<double>(passes) / count;
      chi_squared += (observed - expected) * (observed - expected) / expected;
    }
    EXPECT_LT(chi_squared, 20.5) << "at place " << place;
  }
}

}  // namespace
}  // namespace ganymede::data
