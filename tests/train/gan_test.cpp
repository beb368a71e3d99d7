#include "train/gan.h"

#include <gtest/gtest.h>

#include <cstring>

#include "train/fixtures.h"

namespace ganymede::train {
namespace {

bool same_bytes(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0;
  });
}

class EachRecipe : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  Recipe recipe(std::vector<std::string> overrides = {}) const {
    overrides.push_back("training.batch_size=16");
    overrides.push_back("training.precision=" + std::get<1>(GetParam()));
    return shipped_recipe(std::get<0>(GetParam()), overrides);
  }

  ops::Device device_;
};

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const EmbeddedRecipe& recipe : embedded_recipes()) {
    names.emplace_back(recipe.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Gan, EachRecipe,
                         testing::Combine(testing::ValuesIn(all_names()), testing::ValuesIn(precisions())),
                         [](const auto& parameter) {
                           std::string name =
                               std::get<0>(parameter.param) + "_" + std::get<1>(parameter.param);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

/// The discriminator's step does not read the generator's latent points: whatever they are, the step leaves
/// the same weights, moments and statistics, unless the generator's step touched them.
void expect_discriminator_untouched_by_generator_step(const Recipe& recipe, const ops::Device& device) {
  std::vector<std::vector<float>> left[2];
  for (const int run : {0, 1}) {
    Gan gan(recipe, {28, 28, 1}, 10, device);
    Feeder feeder(recipe, mnist().train, 10);
    feeder.feed(0, gan);
    for (float& latent : gan.generator_latents()) {
      latent += static_cast<float>(run);
    }
    gan.step(0);
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

TEST(PassTimes, CountTheUpdatesSinceTimingBegan) {
  const ops::Device device;
  const Recipe recipe = shipped_recipe("dense-small", {"training.batch_size=16", "training.precision=f32"});
  Gan gan(recipe, {28, 28, 1}, 10, device);
  Feeder(recipe, mnist().train, 10).feed(0, gan);
  gan.step(0);
  gan.time_passes(true);
  gan.step(1);
  gan.step(2);
  int updates = 0;
  for (const net::PassTime& time : gan.pass_times()) {
    if (time.pass == net::Pass::update) {
      EXPECT_EQ(time.calls, 2) << time.layer;
      ++updates;
    }
  }
  EXPECT_EQ(updates, 2);
}

TEST_P(EachRecipe, LearnsInBothNetworks) {
  Gan gan(recipe(), {28, 28, 1}, 10, device_);
  const auto generator = snapshot(gan.generator().tensors());
  const auto discriminator = snapshot(gan.discriminator().tensors());
  Feeder(recipe(), mnist().train, 10).feed(0, gan);
  gan.step(0);
  const auto generator_after = snapshot(gan.generator().tensors());
  const auto discriminator_after = snapshot(gan.discriminator().tensors());
  for (std::size_t i = 0; i < generator.size(); ++i) {
    EXPECT_NE(generator[i], generator_after[i]) << gan.generator().tensors()[i].name;
  }
  for (std::size_t i = 0; i < discriminator.size(); ++i) {
    EXPECT_NE(discriminator[i], discriminator_after[i]) << gan.discriminator().tensors()[i].name;
  }
}

TEST_P(EachRecipe, LeavesTheSameBytesForTheSameSeed) {
  std::vector<std::vector<float>> left[2];
  for (auto& tensors : left) {
    Trainer trainer(recipe(), mnist(), device_, 3);
    trainer.run({});
    tensors = snapshot(trainer.tensors());
  }
  EXPECT_TRUE(same_bytes(left[0], left[1]));
}

TEST_P(EachRecipe, LeavesOtherBytesForAnotherSeed) {
  Trainer one(recipe(), mnist(), device_, 1);
  Trainer other(recipe({"training.seed=43"}), mnist(), device_, 1);
  one.run({});
  other.run({});
  EXPECT_FALSE(same_bytes(snapshot(one.tensors()), snapshot(other.tensors())));
}

TEST_P(EachRecipe, ResumesAsIfNothingHadBeen) {
  Trainer whole(recipe(), mnist(), device_, 6);
  whole.run({});
  Trainer first(recipe(), mnist(), device_, 3);
  first.run({});
  const auto checkpoint = snapshot(first.tensors());
  Trainer second(recipe(), mnist(), device_, 6);
  restore(checkpoint, second.tensors());
  second.resume(3);
  second.run({});
  EXPECT_TRUE(same_bytes(snapshot(whole.tensors()), snapshot(second.tensors())));
}

}  // namespace
}  // namespace ganymede::train
