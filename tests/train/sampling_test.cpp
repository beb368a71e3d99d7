#include "train/sampling.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ganymede::train {
namespace {

TEST(DrawLabels, KeepsTheSharesOfTheDatasLabels) {
  const std::vector<std::uint8_t> labels = {0, 2, 2, 2};
  const std::vector<std::int32_t> drawn = draw_labels(labels, 3, 10'000);
  EXPECT_EQ(drawn.size(), 10'000U);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(drawn, 2)) / 10'000.0, 0.75, 0.02);
  EXPECT_EQ(std::ranges::count(drawn, 1), 0);
}

TEST(DrawLabels, DrawsTheSameFromTheSameSeed) {
  const std::vector<std::uint8_t> labels = {0, 1, 2, 3};
  EXPECT_EQ(draw_labels(labels, 3, 50), draw_labels(labels, 3, 50));
  EXPECT_NE(draw_labels(labels, 3, 50), draw_labels(labels, 4, 50));
}

}  // namespace
}  // namespace ganymede::train
