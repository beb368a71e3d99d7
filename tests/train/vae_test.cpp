#include "train/vae.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/fixtures.h"
#include "train/model.h"

namespace ganymede::train {
namespace {

Recipe small(std::vector<std::string> overrides = {}) {
  overrides.insert(overrides.end(), {"training.batch_size=16", "training.precision=f32"});
  return shipped_recipe("vae", overrides);
}

TEST(Vae, LowersItsLoss) {
  const ops::Device device;
  const Recipe recipe = small();
  Vae vae(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  const float first = take_step(0, feeder, vae).loss;
  VaeMetrics last;
  for (std::uint64_t step = 1; step < 60; ++step) {
    last = take_step(step, feeder, vae);
  }
  EXPECT_LT(last.loss, 0.6F * first);
  EXPECT_FLOAT_EQ(last.loss, last.reconstruction + last.divergence);
}

TEST(Vae, WeighsTheDivergence) {
  const ops::Device device;
  VaeMetrics metrics[2];
  for (const int weight : {0, 1}) {
    const Recipe recipe = small({"objective.kl_weight=" + std::to_string(weight)});
    Vae vae(recipe, {28, 28, 1}, 10, device);
    Feeder feeder(recipe, mnist().train, 10);
    for (std::uint64_t step = 0; step < 30; ++step) {
      metrics[weight] = take_step(step, feeder, vae);
    }
  }
  EXPECT_EQ(metrics[0].loss, metrics[0].reconstruction);
  EXPECT_GT(metrics[0].divergence, 2.0F * metrics[1].divergence);
}

TEST(Vae, IsFedOtherImagesAndNoiseInEachStep) {
  const ops::Device device;
  const Recipe recipe = small();
  Vae vae(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  const auto fed = [&](std::uint64_t step) {
    feeder.feed(step, vae);
    return std::pair(std::vector<float>(vae.images().begin(), vae.images().end()),
                     std::vector<float>(vae.noise().begin(), vae.noise().end()));
  };
  const auto fifth = fed(5);
  const auto sixth = fed(6);
  EXPECT_NE(fifth.first, sixth.first);
  EXPECT_NE(fifth.second, sixth.second);
  EXPECT_EQ(fed(5), fifth);
}

TEST(Vae, KeepsAnAverageOfItsGeneratorWhereTheRecipeSaysSo) {
  const ops::Device device;
  const Recipe recipe = small({"average.half_life_images=1000"});
  Vae vae(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  take_step(0, feeder, vae);
  EXPECT_FALSE(
      std::ranges::equal(vae.sampling_weights().parameters(), vae.generator().weights().parameters()));
}

TEST(Vae, FollowsTheScheduleOfTheLearningRate) {
  const ops::Device device;
  const Recipe recipe =
      small({"schedule.whole_run=false", "schedule.images=16", "schedule.learning_rate=0.0"});
  Vae vae(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  const auto weights = [&] {
    const std::span values = vae.encoder().weights().parameters();
    return std::vector<float>(values.begin(), values.end());
  };
  const std::vector<float> at_first = weights();
  take_step(0, feeder, vae);
  const std::vector<float> before = weights();
  EXPECT_NE(before, at_first);
  take_step(1, feeder, vae);  // its rate has fallen to zero
  EXPECT_EQ(weights(), before);
}

TEST(Vae, TimesBothNetworks) {
  const ops::Device device;
  const Recipe recipe = small();
  Vae vae(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  vae.time_passes(true);
  take_step(0, feeder, vae);
  std::vector<std::string> timed;
  for (const net::PassTime& time : vae.pass_times()) {
    EXPECT_EQ(time.calls, 1) << time.layer;
    timed.push_back(time.layer);
  }
  EXPECT_THAT(timed, testing::IsSupersetOf(
                         {"encoder conv_1", "generator dense_1", "encoder adam", "generator adam"}));
}

}  // namespace
}  // namespace ganymede::train
