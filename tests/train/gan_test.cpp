#include "train/gan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "train/each_recipe.h"

namespace ganymede::train {
namespace {

std::vector<std::string> names_of_gans() {
  std::vector<std::string> names = names_of_recipes();
  std::erase_if(names, [](const std::string& name) { return shipped_recipe(name).model != ModelKind::gan; });
  return names;
}

INSTANTIATE_TEST_SUITE_P(Gan, EachRecipe,
                         testing::Combine(testing::ValuesIn(names_of_gans()),
                                          testing::ValuesIn(precisions())),
                         name_of_case);

/// The discriminator's step does not read the generator's latent points: whatever they are, the step leaves
/// the same weights, moments and statistics, unless the generator's step touched them.
void expect_discriminator_untouched_by_generator_step(const Recipe& recipe, const ops::Device& device) {
  std::vector<std::vector<float>> left[2];
  for (const int run : {0, 1}) {
    const data::Dataset& dataset = data_of(recipe);
    Gan gan(recipe, image_of(recipe), dataset.classes(), device);
    Feeder feeder(recipe, dataset.train, dataset.classes());
    GanMetrics metrics;
    feeder.feed_discriminator(0, gan);
    gan.update_discriminator(0, metrics);
    feeder.feed_generator(0, gan);
    for (float& latent : gan.generator_latents()) {
      latent += static_cast<float>(run);
    }
    gan.update_generator(0, metrics);
    left[run] = snapshot(gan.discriminator().tensors());
  }
  EXPECT_TRUE(same_bytes(left[0], left[1]));
}

TEST_P(EachRecipe, FreezesTheDiscriminatorInTheGeneratorStep) {
  expect_discriminator_untouched_by_generator_step(recipe(), device_);
}

TEST(FrozenDiscriminator, KeepsItsBatchStatistics) {
  Recipe recipe = shipped_recipe("dense", {"training.batch_size=16", "training.precision=f32"});
  recipe.discriminator.layers.insert(recipe.discriminator.layers.begin() + 2, net::BatchNorm{});
  const ops::Device device;
  expect_discriminator_untouched_by_generator_step(recipe, device);
}

/// Small networks with one thing changed.
Recipe small(std::vector<std::string> overrides) {
  overrides.insert(overrides.end(), {"training.batch_size=16", "training.precision=f32"});
  return shipped_recipe("dense-small", overrides);
}

TEST(DiscriminatorSteps, UpdateTheDiscriminatorOnOtherImagesEachTime) {
  const ops::Device device;
  const Recipe recipe = small({"training.discriminator_steps=3"});
  Gan gan(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  gan.time_passes(true);
  take_step(0, feeder, gan);
  for (const net::PassTime& time : gan.pass_times()) {
    if (time.pass == net::Pass::update) {
      EXPECT_EQ(time.calls, time.layer == "discriminator adam" ? 3 : 1) << time.layer;
    }
  }
  feeder.feed_discriminator(1, gan);
  const std::vector<float> images(gan.real_images().begin(), gan.real_images().end());
  feeder.feed_discriminator(2, gan);
  EXPECT_FALSE(std::ranges::equal(images, gan.real_images()));
}

TEST(WeightClip, KeepsTheDiscriminatorsWeightsWithinIt) {
  const ops::Device device;
  const Recipe recipe = small({"discriminator.weight_clip=0.01"});
  Gan gan(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  take_step(0, feeder, gan);
  const auto largest = [](net::Weights& weights) {
    return std::abs(*std::ranges::max_element(weights.parameters(), {}, [](float w) { return std::abs(w); }));
  };
  EXPECT_EQ(largest(gan.discriminator().weights()), 0.01F);
  EXPECT_GT(largest(gan.generator().weights()), 0.01F);
}

TEST(Average, MakesTheSamplesWhereThereIsOne) {
  const ops::Device device;
  Gan plain(small({}), {28, 28, 1}, 10, device);
  EXPECT_EQ(&plain.sampling_weights(), &plain.generator().weights());
  const Recipe recipe = small({"average.half_life_images=1000"});
  Gan averaged(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  take_step(0, feeder, averaged);
  EXPECT_FALSE(std::ranges::equal(averaged.sampling_weights().parameters(),
                                  averaged.generator().weights().parameters()));
}

TEST(LabelFlip, OfAllPairsTradesTheLossesSides) {
  const ops::Device device;
  GanMetrics metrics[2];
  for (const int flip : {0, 1}) {
    const Recipe recipe = small({"objective.real_label=1.0", "objective.label_flip=" + std::to_string(flip)});
    Gan gan(recipe, {28, 28, 1}, 10, device);
    Feeder feeder(recipe, mnist().train, 10);
    metrics[flip] = take_step(0, feeder, gan);
  }
  // With labels of one and zero L(x, 1) - L(x, 0) = -x, which is the same for the two sides only by chance.
  EXPECT_EQ(metrics[0].probability_real, metrics[1].probability_real);
  EXPECT_NE(metrics[0].discriminator_loss_real, metrics[1].discriminator_loss_real);
  EXPECT_NE(metrics[0].discriminator_loss_fake, metrics[1].discriminator_loss_fake);
}

TEST(Disturbance, ReachesTheDiscriminatorAndNothingElse) {
  const ops::Device device;
  const std::string none = "augmentation.noise=0";
  for (const std::string& setting :
       {none, std::string("augmentation.noise=0.5"), std::string("augmentation.translation=0.2"),
        std::string("augmentation.cutout=0.5")}) {
    const Recipe recipe = small({setting});
    Gan gan(recipe, {28, 28, 1}, 10, device);
    Feeder feeder(recipe, mnist().train, 10);
    GanMetrics metrics;
    feeder.feed_discriminator(0, gan);
    const std::vector<float> images(gan.real_images().begin(), gan.real_images().end());
    gan.update_discriminator(0, metrics);
    EXPECT_EQ(std::ranges::equal(images, gan.real_images()), setting == none) << setting;
  }
}

TEST(Penalty, IsRefusedByTheNameOfTheLayerThatForbidsIt) {
  const ops::Device device;
  Recipe recipe = small({"penalty.r1=1.0"});
  recipe.discriminator.layers.insert(recipe.discriminator.layers.begin() + 2, net::BatchNorm{});
  EXPECT_THAT(
      [&] {
        Gan(recipe, {28, 28, 1}, 10, device);
      },
      testing::Throws<base::Error>(
          testing::Property(&base::Error::what, testing::HasSubstr("discriminator layer batch_norm_1"))));
}

TEST(PassTimes, CountTheUpdatesSinceTimingBegan) {
  const ops::Device device;
  const Recipe recipe = shipped_recipe("dense-small", {"training.batch_size=16", "training.precision=f32"});
  Gan gan(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  take_step(0, feeder, gan);
  gan.time_passes(true);
  take_step(1, feeder, gan);
  take_step(2, feeder, gan);
  int updates = 0;
  for (const net::PassTime& time : gan.pass_times()) {
    if (time.pass == net::Pass::update) {
      EXPECT_EQ(time.calls, 2) << time.layer;
      ++updates;
    }
  }
  EXPECT_EQ(updates, 2);
}

}  // namespace
}  // namespace ganymede::train
