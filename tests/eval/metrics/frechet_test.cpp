#include "eval/metrics/frechet.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "eval/golden.h"

namespace ganymede::eval {
namespace {

std::vector<float> normal(std::uint64_t seed, std::size_t count, float mean, float deviation) {
  std::vector<float> values(count);
  base::fill_normal({.seed = seed}, mean, deviation, values);
  return values;
}

TEST(FrechetDistance, AgreesWithTorchFidelity) {
  for (const GoldenCase& golden : golden_cases()) {
    const double expected = golden.value("frechet_distance");
    EXPECT_NEAR(FrechetDistance(golden.real()).to(golden.generated()), expected,
                relative_tolerance * expected)
        << golden.name;
  }
}

TEST(FrechetDistance, OfOneDimensionIsTheDifferenceOfMeansAndDeviationsSquared) {
  // Mean 2, variance 2 (of three numbers, by count - 1) against mean 5 and variance 8.
  const std::vector<float> narrow = {2.0F - std::sqrt(2.0F), 2.0F, 2.0F + std::sqrt(2.0F)};
  const std::vector<float> wide = {5.0F - std::sqrt(8.0F), 5.0F, 5.0F + std::sqrt(8.0F)};
  EXPECT_NEAR(FrechetDistance({narrow, 1}).to({wide, 1}), 9.0 + 2.0, 1e-5);
}

TEST(FrechetDistance, OfASetToItselfIsZeroEvenWithFewerImagesThanDimensions) {
  const std::vector<float> values = normal(1, 5 * 20, 0.0F, 1.0F);
  EXPECT_NEAR(FrechetDistance({values, 20}).to({values, 20}), 0.0, 1e-6);
}

TEST(FrechetDistance, CountsAnImageAsOftenAsItsWeight) {
  const std::vector<float> reference = normal(1, 50 * 4, 0.0F, 1.0F);
  const std::vector<float> values = normal(2, 9 * 4, 1.0F, 2.0F);
  const std::vector<float> weights = {2.0F, 0.0F, 1.0F, 3.0F, 0.0F, 1.0F, 1.0F, 4.0F, 1.0F};
  std::vector<float> repeated;
  for (std::size_t n = 0; n < weights.size(); ++n) {
    for (int copy = 0; copy < static_cast<int>(weights[n]); ++copy) {
      repeated.insert(repeated.end(), values.begin() + n * 4, values.begin() + (n + 1) * 4);
    }
  }
  const FrechetDistance distance({reference, 4});
  EXPECT_NEAR(distance.to({values, 4}, weights), distance.to({repeated, 4}), 1e-9);
}

}  // namespace
}  // namespace ganymede::eval
