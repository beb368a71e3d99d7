#include "eval/metrics/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <new>
#include <numeric>
#include <vector>

#include "base/random.h"
#include "base/threads/team.h"

namespace ganymede::eval {
namespace {

TEST(Bootstrap, DeviationOfAMeanIsThatOfTheValuesOverTheRootOfTheirCount) {
  constexpr int count = 400;
  std::vector<float> values(count);
  base::fill_normal({.seed = 4}, 10.0F, 3.0F, values);
  const double deviation =
      bootstrap_deviation(count, {.resamples = 2000}, [&](std::span<const float> weights) {
        return std::inner_product(values.begin(), values.end(), weights.begin(), 0.0) / count;
      });
  // 3 / sqrt(400), of values whose own deviation is known to 4% and of 2,000 resamples, to 2%.
  EXPECT_NEAR(deviation, 0.15, 0.15 * 0.12);
}

TEST(Bootstrap, WeightsAddUpToTheNumberOfImages) {
  for (const std::int64_t count : {1, 10, 1003}) {
    const double deviation =
        bootstrap_deviation(count, {.resamples = 10}, [&](std::span<const float> weights) {
          const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
          EXPECT_EQ(sum, static_cast<double>(count));
          return sum;
        });
    EXPECT_EQ(deviation, 0.0);
  }
}

TEST(Bootstrap, DependsOnTheSeedAlone) {
  const auto deviation = [](std::uint64_t seed) {
    return bootstrap_deviation(50, {.resamples = 20, .seed = seed}, [](std::span<const float> weights) {
      return static_cast<double>(weights[7]);
    });
  };
  EXPECT_EQ(deviation(1), deviation(1));
  EXPECT_NE(deviation(1), deviation(2));
}

TEST(Bootstrap, HandsOnWhatTheStatisticThrows) {
  const base::Team team(4);
  EXPECT_THROW(bootstrap_deviation(50, {.resamples = 20},
                                   [](std::span<const float>) -> double { throw std::bad_alloc(); }),
               std::bad_alloc);
}

TEST(Bootstrap, SaysNothingWithoutResamples) {
  EXPECT_TRUE(
      std::isnan(bootstrap_deviation(5, {.resamples = 0}, [](std::span<const float>) { return 1.0; })));
}

}  // namespace
}  // namespace ganymede::eval
