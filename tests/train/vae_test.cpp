#include "train/vae.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/fixtures.h"

namespace ganymede::train {
namespace {

Recipe small(std::vector<std::string> overrides = {}) {
  overrides.insert(overrides.end(), {"training.batch_size=16", "training.precision=f32"});
  return shipped_recipe("vae", overrides);
}

TEST(Vae, LowersItsLoss) {
  const ops::Device device;
  const Recipe recipe = small();
  NetworkPair networks(recipe, {28, 28, 1}, 10);
  Vae vae(recipe, networks, device);
  Feeder feeder(recipe, mnist().train, 10);
  const float first = vae.take_step(0, feeder).loss;
  VaeMetrics last;
  for (std::uint64_t step = 1; step < 60; ++step) {
    last = vae.take_step(step, feeder);
  }
  EXPECT_LT(last.loss, 0.6F * first);
  EXPECT_FLOAT_EQ(last.loss, last.reconstruction + last.divergence);
}

TEST(Vae, WeighsTheDivergence) {
  const ops::Device device;
  VaeMetrics metrics[2];
  for (const int weight : {0, 1}) {
    const Recipe recipe = small({"objective.kl_weight=" + std::to_string(weight)});
    NetworkPair networks(recipe, {28, 28, 1}, 10);
    Vae vae(recipe, networks, device);
    Feeder feeder(recipe, mnist().train, 10);
    for (std::uint64_t step = 0; step < 30; ++step) {
      metrics[weight] = vae.take_step(step, feeder);
    }
  }
  EXPECT_EQ(metrics[0].loss, metrics[0].reconstruction);
  EXPECT_GT(metrics[0].divergence, 2.0F * metrics[1].divergence);
}

TEST(Vae, KeepsAnAverageOfItsGeneratorWhereTheRecipeSaysSo) {
  const ops::Device device;
  const Recipe recipe = small({"average.half_life_images=1000"});
  NetworkPair networks(recipe, {28, 28, 1}, 10);
  Vae vae(recipe, networks, device);
  Feeder feeder(recipe, mnist().train, 10);
  vae.take_step(0, feeder);
  EXPECT_FALSE(std::ranges::equal(networks.sampling_weights().parameters(),
                                  networks.generator().weights().parameters()));
}

TEST(Vae, FollowsTheScheduleOfTheLearningRate) {
  const ops::Device device;
  const Recipe recipe =
      small({"schedule.whole_run=false", "schedule.images=16", "schedule.learning_rate=0.0"});
  NetworkPair networks(recipe, {28, 28, 1}, 10);
  Vae vae(recipe, networks, device);
  Feeder feeder(recipe, mnist().train, 10);
  const auto weights = [&] {
    const std::span values = networks.partner().weights().parameters();
    return std::vector<float>(values.begin(), values.end());
  };
  const std::vector<float> at_first = weights();
  vae.take_step(0, feeder);
  const std::vector<float> before = weights();
  EXPECT_NE(before, at_first);
  vae.take_step(1, feeder);  // its rate has fallen to zero
  EXPECT_EQ(weights(), before);
}

}  // namespace
}  // namespace ganymede::train
