#include "train/model.h"

#include <gmock/gmock.h>

#include <stop_token>

#include "base/threads/team.h"
#include "train/each_recipe.h"

namespace ganymede::train {
namespace {

using EachModel = EachRecipe;

INSTANTIATE_TEST_SUITE_P(Model, EachModel,
                         testing::Combine(testing::ValuesIn(names_of_recipes()),
                                          testing::ValuesIn(precisions())),
                         name_of_case);

/// After two steps, since what lies before a layer that begins at zero learns from the second on.
TEST_P(EachModel, LearnsInBothNetworks) {
  const data::Dataset& dataset = data_of(recipe());
  Model model(recipe(), image_of(recipe()), dataset.classes(), device_);
  Feeder feeder(recipe(), dataset.train, dataset.classes());
  const std::vector<NamedTensor> tensors = model.networks().tensors();
  const auto before = snapshot(tensors);
  model.take_step(0, feeder);
  model.take_step(1, feeder);
  const auto after = snapshot(model.networks().tensors());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    // The singular vector on the side of one logit is a number of length one.
    if (!tensors[i].name.ends_with("dense_1.weight.spectral_u")) {
      EXPECT_NE(before[i], after[i]) << tensors[i].name;
    }
  }
}

TEST_P(EachModel, LeavesTheSameBytesForTheSameSeed) {
  std::vector<std::vector<float>> left[2];
  for (auto& tensors : left) {
    Trainer trainer(recipe(), data_of(recipe()), device_, 3);
    trainer.run({});
    tensors = snapshot(trainer.tensors());
  }
  EXPECT_TRUE(same_bytes(left[0], left[1]));
}

/// What a watcher reads is what it says, and reading changes no byte.
TEST_P(EachModel, LeavesTheSameBytesWhenItsPhasesAreWatched) {
  const auto trained = [&](bool watched) {
    Trainer trainer(recipe(), data_of(recipe()), device_, 2);
    NetworkPair& networks = trainer.model().networks();
    std::vector<Phase> phases;
    std::vector<float> generator, partner;
    const auto copy = [](Network& network) {
      const std::span values = network.weights().parameters();
      return std::vector<float>(values.begin(), values.end());
    };
    if (watched) {
      trainer.watch_phases([&](const StepView& view) {
        phases.push_back(view.phase);
        EXPECT_FALSE(view.batch.latents.empty());
        EXPECT_EQ(view.batch.images.empty(), view.phase == Phase::generator_update &&
                                                 recipe().model == ModelKind::gan &&
                                                 !compares_pairs(recipe().objective.loss));
        const bool is_vae = recipe().model == ModelKind::vae;
        if (view.phase != Phase::forward) {
          EXPECT_EQ(copy(networks.generator()) != generator, view.phase == Phase::generator_update);
          EXPECT_EQ(copy(networks.partner()) != partner, is_vae || view.phase == Phase::partner_update);
        }
        generator = copy(networks.generator());
        partner = copy(networks.partner());
      });
    }
    trainer.run({});
    const std::vector<Phase> step =
        recipe().model == ModelKind::vae
            ? std::vector{Phase::forward, Phase::generator_update}
            : std::vector{Phase::forward, Phase::partner_update, Phase::generator_update};
    EXPECT_EQ(phases.size(), watched ? 2 * step.size() : 0);
    for (std::size_t n = 0; n < phases.size(); ++n) {
      EXPECT_EQ(phases[n], step[n % step.size()]);
    }
    return snapshot(trainer.tensors());
  };
  EXPECT_TRUE(same_bytes(trained(false), trained(true)));
}

/// In batches that every product and convolution is cut up for.
TEST_P(EachModel, LeavesTheSameBytesWithAnyNumberOfThreads) {
  const auto [name, precision] = GetParam();
  const Recipe large = shipped_recipe(name, {"training.batch_size=64", "training.precision=" + precision});
  const auto trained_by = [&](int threads) {
    const base::Team team(threads);
    const ops::Device device;
    Trainer trainer(large, data_of(large), device, 2);
    trainer.run({});
    return snapshot(trainer.tensors());
  };
  const auto alone = trained_by(1);
  EXPECT_TRUE(same_bytes(trained_by(2), alone));
  EXPECT_TRUE(same_bytes(trained_by(4), alone));
}

TEST_P(EachModel, LeavesOtherBytesForAnotherSeed) {
  Trainer one(recipe(), data_of(recipe()), device_, 1);
  Trainer other(recipe({"training.seed=43"}), data_of(recipe()), device_, 1);
  one.run({});
  other.run({});
  EXPECT_FALSE(same_bytes(snapshot(one.tensors()), snapshot(other.tensors())));
}

TEST_P(EachModel, ResumesAsIfNothingHadBeen) {
  Trainer whole(recipe(), data_of(recipe()), device_, 6);
  whole.run({});
  Trainer first(recipe(), data_of(recipe()), device_, 6);
  std::stop_source stop;
  first.subscribe([&](const Event&) {
    if (first.position().step == 3) {
      stop.request_stop();
    }
  });
  EXPECT_EQ(first.run(stop.get_token()), Outcome::stopped);
  const auto checkpoint = snapshot(first.tensors());
  Trainer second(recipe(), data_of(recipe()), device_, 6);
  restore(checkpoint, second.tensors());
  second.resume(3);
  second.run({});
  EXPECT_TRUE(same_bytes(snapshot(whole.tensors()), snapshot(second.tensors())));
}

TEST(DiscriminatorSteps, GoWithOneOfTheGenerator) {
  const ops::Device device;
  const Recipe recipe = shipped_recipe(
      "dense-small", {"training.batch_size=16", "training.precision=f32", "training.discriminator_steps=3"});
  Model model(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  model.time_passes(true);
  model.take_step(0, feeder);
  for (const net::PassTime& time : model.pass_times()) {
    if (time.pass == net::Pass::update) {
      EXPECT_EQ(time.calls, time.layer == "discriminator adam" ? 3 : 1) << time.layer;
    }
  }
}

TEST(PassTimes, CountTheUpdatesSinceTimingBegan) {
  const ops::Device device;
  const Recipe recipe = shipped_recipe("dense-small", {"training.batch_size=16", "training.precision=f32"});
  Model model(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  model.take_step(0, feeder);
  model.time_passes(true);
  model.take_step(1, feeder);
  model.take_step(2, feeder);
  int updates = 0;
  for (const net::PassTime& time : model.pass_times()) {
    if (time.pass == net::Pass::update) {
      EXPECT_EQ(time.calls, 2) << time.layer;
      ++updates;
    }
  }
  EXPECT_EQ(updates, 2);
}

TEST(PassTimes, HaveBothNetworksOfAVae) {
  const ops::Device device;
  const Recipe recipe = shipped_recipe("vae", {"training.batch_size=16", "training.precision=f32"});
  Model model(recipe, {28, 28, 1}, 10, device);
  Feeder feeder(recipe, mnist().train, 10);
  model.time_passes(true);
  model.take_step(0, feeder);
  std::vector<std::string> timed;
  for (const net::PassTime& time : model.pass_times()) {
    EXPECT_EQ(time.calls, 1) << time.layer;
    timed.push_back(time.layer);
  }
  EXPECT_THAT(timed, testing::IsSupersetOf(
                         {"encoder conv_1", "generator dense_1", "encoder adam", "generator adam"}));
}

}  // namespace
}  // namespace ganymede::train
