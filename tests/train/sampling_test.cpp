#include "train/sampling.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ganymede::train {
namespace {

TEST(SampleLatents, AreTheSameDirectionsAtEveryTemperature) {
  Recipe recipe;
  recipe.latent.size = 3;
  const std::vector<float> plain = sample_latents(recipe, 7, 2);
  recipe.latent.temperature = 0.5;
  const std::vector<float> cold = sample_latents(recipe, 7, 2);
  ASSERT_EQ(cold.size(), 6U);
  for (std::size_t n = 0; n < cold.size(); ++n) {
    EXPECT_NE(plain[n], 0.0F);
    EXPECT_EQ(cold[n], 0.5F * plain[n]);
  }
}

TEST(LabelsInSharesOf, HasTheSharesOfTheDatasLabelsExactly) {
  const std::vector<std::uint16_t> labels = {0, 2, 2, 2};
  const std::vector<std::int32_t> drawn = labels_in_shares_of(labels, 3, 10'000);
  EXPECT_EQ(drawn.size(), 10'000U);
  EXPECT_EQ(std::ranges::count(drawn, 0), 2500);
  EXPECT_EQ(std::ranges::count(drawn, 2), 7500);
  EXPECT_FALSE(std::ranges::is_sorted(drawn));
}

TEST(LabelsInSharesOf, FollowsFromTheSeed) {
  const std::vector<std::uint16_t> labels = {0, 1, 2, 2};
  EXPECT_EQ(labels_in_shares_of(labels, 3, 50), labels_in_shares_of(labels, 3, 50));
  EXPECT_NE(labels_in_shares_of(labels, 3, 50), labels_in_shares_of(labels, 4, 50));
}

}  // namespace
}  // namespace ganymede::train
