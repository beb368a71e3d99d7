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

TEST(DrawLabels, KeepsTheSharesOfTheDatasLabels) {
  const std::vector<std::uint16_t> labels = {0, 2, 2, 2};
  const std::vector<std::int32_t> drawn = draw_labels(labels, 3, 10'000);
  EXPECT_EQ(drawn.size(), 10'000U);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(drawn, 2)) / 10'000.0, 0.75, 0.02);
  EXPECT_EQ(std::ranges::count(drawn, 1), 0);
}

TEST(DrawLabels, DrawsTheSameFromTheSameSeed) {
  const std::vector<std::uint16_t> labels = {0, 1, 2, 3};
  EXPECT_EQ(draw_labels(labels, 3, 50), draw_labels(labels, 3, 50));
  EXPECT_NE(draw_labels(labels, 3, 50), draw_labels(labels, 4, 50));
}

}  // namespace
}  // namespace ganymede::train
