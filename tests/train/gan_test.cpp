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
    NetworkPair networks(recipe, image_of(recipe), dataset.classes());
    Gan gan(recipe, networks, device);
    Feeder feeder(recipe, dataset.train, dataset.classes());
    GanMetrics metrics;
    gan.update_discriminator(0, feeder.discriminator_batch(0), metrics);
    Batch batch = feeder.generator_batch(0);
    std::vector<float> latents(batch.latents.begin(), batch.latents.end());
    for (float& latent : latents) {
      latent += static_cast<float>(run);
    }
    batch.latents = latents;
    gan.update_generator(0, batch, metrics);
    left[run] = snapshot(networks.partner().tensors());
  }
  EXPECT_TRUE(same_bytes(left[0], left[1]));
}

TEST_P(EachRecipe, FreezesTheDiscriminatorInTheGeneratorStep) {
  Recipe on_points_of_its_own = recipe();
  if (on_points_of_its_own.training.fakes == FakeMode::shared) {
    on_points_of_its_own.training.fakes = FakeMode::training;
  }
  expect_discriminator_untouched_by_generator_step(on_points_of_its_own, device_);
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

TEST(WeightClip, KeepsTheDiscriminatorsWeightsWithinIt) {
  const ops::Device device;
  const Recipe recipe = small({"discriminator.weight_clip=0.01"});
  NetworkPair networks(recipe, {28, 28, 1}, 10);
  Gan gan(recipe, networks, device);
  Feeder feeder(recipe, mnist().train, 10);
  gan.take_step(0, feeder);
  const auto largest = [](net::Weights& weights) {
    return std::abs(*std::ranges::max_element(weights.parameters(), {}, [](float w) { return std::abs(w); }));
  };
  EXPECT_EQ(largest(networks.partner().weights()), 0.01F);
  EXPECT_GT(largest(networks.generator().weights()), 0.01F);
}

/// The tensors of both networks after these updates of the discriminator and then one of the generator.
template <class Updates>
std::vector<std::vector<float>> trained(const Recipe& recipe, const Updates& updates) {
  const ops::Device device;
  NetworkPair networks(recipe, {28, 28, 1}, 10);
  Gan gan(recipe, networks, device);
  Feeder feeder(recipe, mnist().train, 10);
  updates(gan, feeder);
  return snapshot(networks.tensors());
}

TEST(SharedFakes, AreWhatAGeneratorWithoutStatisticsWouldMakeAgain) {
  const std::vector<std::string> plain_generator = {
      R"(generator.layers=[{kind="dense",units=64},{kind="leaky_relu",slope=0.2},)"
      R"({kind="dense",units=784},{kind="tanh"},{kind="reshape",shape=[28,28,1]}])",
      "training.discriminator_steps=2"};
  const auto with = [&](const std::string& fakes) {
    std::vector<std::string> settings = plain_generator;
    settings.push_back("training.fakes=" + fakes);
    return small(settings);
  };
  const auto shared = trained(with("shared"), [](Gan& gan, Feeder& feeder) { gan.take_step(0, feeder); });
  const auto again = trained(with("training"), [](Gan& gan, Feeder& feeder) {
    GanMetrics metrics;
    gan.update_discriminator(0, feeder.discriminator_batch(0), metrics);
    gan.update_discriminator(1, feeder.discriminator_batch(1), metrics);
    gan.update_generator(0, feeder.discriminator_batch(1), metrics);
  });
  EXPECT_TRUE(same_bytes(shared, again));
  const auto new_points =
      trained(with("training"), [](Gan& gan, Feeder& feeder) { gan.take_step(0, feeder); });
  EXPECT_FALSE(same_bytes(shared, new_points));
}

TEST(SharedFakes, AreMadeAnewForAnUpdateOfAnotherBatch) {
  const Recipe recipe = small({"training.fakes=shared"});
  const auto updated_from = [&](std::uint64_t number) {
    return trained(recipe, [&](Gan& gan, Feeder& feeder) {
      GanMetrics metrics;
      gan.update_discriminator(0, feeder.discriminator_batch(0), metrics);
      gan.update_generator(1, feeder.discriminator_batch(number), metrics);
    });
  };
  EXPECT_FALSE(same_bytes(updated_from(1), updated_from(2)));
}

TEST(SharedFakes, AreRefusedWithHalfBatches) {
  EXPECT_THAT(
      [] {
        small({"training.fakes=shared", "training.discriminator_batch=half"});
      },
      testing::Throws<base::Error>(testing::Property(
          &base::Error::what, testing::HasSubstr("half with generated images that both updates share"))));
}

/// The discriminator's tensors, or those of them with this ending, after so many of its updates.
std::vector<std::vector<float>> discriminator_after(std::uint64_t updates, std::vector<std::string> settings,
                                                    std::string_view ending = "") {
  const ops::Device device;
  const Recipe recipe = small(std::move(settings));
  NetworkPair networks(recipe, {28, 28, 1}, 10);
  Gan gan(recipe, networks, device);
  Feeder feeder(recipe, mnist().train, 10);
  GanMetrics metrics;
  for (std::uint64_t update = 0; update < updates; ++update) {
    gan.update_discriminator(update, feeder.discriminator_batch(update), metrics);
  }
  std::vector<NamedTensor> tensors = networks.partner().tensors();
  std::erase_if(tensors, [&](const NamedTensor& tensor) { return !tensor.name.ends_with(ending); });
  return snapshot(tensors);
}

TEST(LazyPenalty, CountsInEveryNthUpdateThatManyTimesAsMuch) {
  for (const std::string penalty : {"penalty.r1", "penalty.gradient_penalty"}) {
    const auto lazy = [&](std::uint64_t updates) {
      return discriminator_after(updates, {penalty + "=0.5", "penalty.every=2"});
    };
    const auto always = [&](std::uint64_t updates, const std::string& weight) {
      return discriminator_after(updates, {penalty + "=" + weight});
    };
    EXPECT_TRUE(same_bytes(lazy(1), always(1, "1.0"))) << penalty;
    EXPECT_FALSE(same_bytes(lazy(2), always(2, "1.0"))) << penalty;
    EXPECT_FALSE(same_bytes(lazy(2), always(2, "0.5"))) << penalty;
  }
}

TEST(LazyPenalty, LeavesTheGradientsOfTheUpdatesBetween) {
  // Without a rate the weights stay, and without momentum Adam's first moments are the last gradients.
  const auto second_gradients = [](std::vector<std::string> settings) {
    settings.insert(settings.end(),
                    {"discriminator_optimizer.learning_rate=0", "discriminator_optimizer.beta1=0"});
    return discriminator_after(2, std::move(settings), ".adam_m");
  };
  for (const std::string penalty : {"penalty.r1=1.0", "penalty.gradient_penalty=1.0"}) {
    EXPECT_TRUE(same_bytes(second_gradients({penalty, "penalty.every=2"}), second_gradients({}))) << penalty;
    EXPECT_FALSE(same_bytes(second_gradients({penalty}), second_gradients({}))) << penalty;
  }
}

TEST(Average, MakesTheSamplesWhereThereIsOne) {
  NetworkPair plain(small({}), {28, 28, 1}, 10);
  EXPECT_EQ(&plain.sampling_weights(), &plain.generator().weights());
  const ops::Device device;
  const Recipe recipe = small({"average.half_life_images=1000"});
  NetworkPair averaged(recipe, {28, 28, 1}, 10);
  Gan gan(recipe, averaged, device);
  Feeder feeder(recipe, mnist().train, 10);
  gan.take_step(0, feeder);
  EXPECT_FALSE(std::ranges::equal(averaged.sampling_weights().parameters(),
                                  averaged.generator().weights().parameters()));
}

TEST(LabelFlip, OfAllPairsTradesTheLossesSides) {
  const ops::Device device;
  GanMetrics metrics[2];
  for (const int flip : {0, 1}) {
    const Recipe recipe = small({"objective.real_label=1.0", "objective.label_flip=" + std::to_string(flip)});
    NetworkPair networks(recipe, {28, 28, 1}, 10);
    Gan gan(recipe, networks, device);
    Feeder feeder(recipe, mnist().train, 10);
    metrics[flip] = gan.take_step(0, feeder);
  }
  // With labels of one and zero L(x, 1) - L(x, 0) = -x, which is the same for the two sides only by chance.
  EXPECT_EQ(metrics[0].probability_real, metrics[1].probability_real);
  EXPECT_NE(metrics[0].discriminator_loss_real, metrics[1].discriminator_loss_real);
  EXPECT_NE(metrics[0].discriminator_loss_fake, metrics[1].discriminator_loss_fake);
}

TEST(Disturbance, ReachesTheDiscriminator) {
  const ops::Device device;
  const auto loss_on_real = [&](const std::string& setting) {
    const Recipe recipe = small({setting});
    NetworkPair networks(recipe, {28, 28, 1}, 10);
    Gan gan(recipe, networks, device);
    Feeder feeder(recipe, mnist().train, 10);
    GanMetrics metrics;
    gan.update_discriminator(0, feeder.discriminator_batch(0), metrics);
    return metrics.discriminator_loss_real;
  };
  const float undisturbed = loss_on_real("augmentation.noise=0");
  EXPECT_NE(loss_on_real("augmentation.noise=0.5"), undisturbed);
  EXPECT_NE(loss_on_real("augmentation.translation=0.2"), undisturbed);
  EXPECT_NE(loss_on_real("augmentation.cutout=0.5"), undisturbed);
}

TEST(Penalty, IsRefusedByTheNameOfTheLayerThatForbidsIt) {
  const ops::Device device;
  Recipe recipe = small({"penalty.r1=1.0"});
  recipe.discriminator.layers.insert(recipe.discriminator.layers.begin() + 2, net::BatchNorm{});
  EXPECT_THAT(
      [&] {
        NetworkPair networks(recipe, {28, 28, 1}, 10);
        Gan(recipe, networks, device);
      },
      testing::Throws<base::Error>(
          testing::Property(&base::Error::what, testing::HasSubstr("discriminator layer batch_norm_1"))));
}

}  // namespace
}  // namespace ganymede::train
