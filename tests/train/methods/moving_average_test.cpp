#include "train/methods/moving_average.h"

#include <gtest/gtest.h>

namespace ganymede::train {
namespace {

const net::NetSpec spec{.name = "generator", .input = {3}, .layers = {net::Dense{2}, net::BatchNorm{}}};

TEST(MovingAverage, HalvesWhatAWeightWasInItsHalfLife) {
  net::Weights live(spec);
  live.initialise(1, 0);
  MovingAverage average({.half_life_images = 64}, spec, live);
  std::ranges::fill(live.parameters(), 8.0F);
  std::ranges::fill(live.states(), 4.0F);
  const float before = average.weights().parameters()[0];
  const float mean_before = average.weights().states()[0];
  for (std::int64_t step = 1; step <= 4; ++step) {
    average.follow(live, 16 * step, 16);
  }
  EXPECT_NEAR(average.weights().parameters()[0], 0.5F * (before + 8.0F), 1e-5F);
  EXPECT_NEAR(average.weights().states()[0], 0.5F * (mean_before + 4.0F), 1e-5F);
}

TEST(MovingAverage, RampsItsHalfLifeUp) {
  const AverageSettings settings{.half_life_images = 1000, .ramp_up = 0.05};
  EXPECT_NEAR(replaced_share(settings, 400, 20), 0.5, 1e-12);
  EXPECT_NEAR(replaced_share(settings, 1'000'000, 1000), 0.5, 1e-12);
}

TEST(MovingAverage, BeginsAsTheWeights) {
  net::Weights live(spec);
  live.initialise(1, 0);
  MovingAverage average({.half_life_images = 64}, spec, live);
  EXPECT_TRUE(std::ranges::equal(average.weights().parameters(), live.parameters()));
  EXPECT_TRUE(std::ranges::equal(average.weights().states(), live.states()));
}

}  // namespace
}  // namespace ganymede::train
