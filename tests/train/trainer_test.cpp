#include "train/trainer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "io/mutation.h"
#include "train/fixtures.h"
#include "train/sampling.h"

namespace ganymede::train {
namespace {

const std::vector<std::string> tiny = {"training.batch_size=16", "training.precision=f32",
                                       "output.metrics_every_steps=2"};

template <class Wanted>
std::vector<Wanted> events(Trainer& trainer) {
  std::vector<Wanted> found;
  trainer.subscribe([&](const Event& event) {
    if (const auto* wanted = std::get_if<Wanted>(&event)) {
      found.push_back(*wanted);
    }
  });
  trainer.run({});
  return found;
}

TEST(Trainer, TellsOfEveryStepAndOfTheMeans) {
  const ops::Device device;
  Trainer stepping(shipped_recipe("dense-small", tiny), mnist(), device, 5);
  const auto steps = events<StepFinished>(stepping);
  Trainer pausing(shipped_recipe("dense-small", tiny), mnist(), device, 5);
  const auto intervals = events<IntervalFinished>(pausing);
  ASSERT_EQ(steps.size(), 5U);
  ASSERT_EQ(intervals.size(), 3U);
  EXPECT_EQ(intervals[0].position.step, 2);
  EXPECT_EQ(intervals[2].position.step, 5);
  const auto metrics = [](const auto& event) { return std::get<GanMetrics>(event.metrics); };
  EXPECT_FLOAT_EQ(metrics(intervals[0]).generator_loss,
                  (metrics(steps[0]).generator_loss + metrics(steps[1]).generator_loss) / 2.0F);
  EXPECT_FLOAT_EQ(metrics(intervals[2]).accuracy_real, metrics(steps[4]).accuracy_real);
}

TEST(Trainer, TellsTheNormsOfTheLastGradientsWithAnInterval) {
  const ops::Device device;
  Trainer trainer(shipped_recipe("dense-small", tiny), mnist(), device, 2);
  const auto norm = [](train::Network& network) {
    double sum = 0.0;
    for (const float value : network.weights().gradients()) {
      sum += static_cast<double>(value) * static_cast<double>(value);
    }
    return std::sqrt(sum);
  };
  const auto intervals = events<IntervalFinished>(trainer);
  const GradientNorms& norms = intervals.at(0).gradient_norms;
  EXPECT_GT(norms.discriminator, 0.0F);
  const auto networks = trainer.model().networks().all();
  EXPECT_NEAR(norms.generator, norm(*networks[0]), 1e-6);
  EXPECT_NEAR(norms.discriminator, norm(*networks[1]), 1e-6);
  EXPECT_TRUE(std::isnan(norms.encoder));
}

TEST(Trainer, CountsEpochs) {
  const ops::Device device;
  auto small = mnist();
  small.train.labels.resize(64);
  small.train.pixels.resize(64 * 784);
  Recipe recipe = shipped_recipe("dense-small", tiny);
  recipe.training.epochs = 2;
  Trainer trainer(recipe, small, device);
  EXPECT_EQ(trainer.position().total_steps, 8);
  const auto epochs = events<EpochFinished>(trainer);
  ASSERT_EQ(epochs.size(), 2U);
  EXPECT_EQ(epochs[0].position.epoch(), 1);
  EXPECT_EQ(epochs[1].position.epoch(), 2);
  EXPECT_EQ(epochs[1].position.epochs(), 2);
}

TEST(Trainer, StopsAfterTheStepUnderWay) {
  const ops::Device device;
  Trainer trainer(shipped_recipe("dense-small", tiny), mnist(), device, 100);
  std::stop_source stop;
  trainer.subscribe([&](const Event& event) {
    if (const auto* step = std::get_if<StepFinished>(&event); step != nullptr && step->position.step == 3) {
      stop.request_stop();
    }
  });
  EXPECT_EQ(trainer.run(stop.get_token()), Outcome::stopped);
  EXPECT_EQ(trainer.position().step, 3);
}

TEST(Trainer, SaysWhichLossIsNotFinite) {
  const ops::Device device;
  Recipe recipe = shipped_recipe("dense-small", tiny);
  recipe.generator_optimizer.learning_rate = 1e6;
  recipe.discriminator_optimizer.learning_rate = 1e6;
  recipe.objective.loss = Loss::least_squares;
  Trainer trainer(recipe, mnist(), device, 1000);
  try {
    trainer.run({});
    FAIL() << "did not diverge";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::diverged);
    EXPECT_NE(std::string(error.what()).find("lower the learning rates"), std::string::npos);
  }
}

TEST(Trainer, NeedsABatchOfImages) {
  const ops::Device device;
  auto small = mnist();
  small.train.labels.resize(12);
  small.train.pixels.resize(12 * 784);
  test::expect_error(base::ErrorKind::data,
                     {"12 training images", "at least a batch of 16", "--batch-size 8"},
                     [&] { Trainer(shipped_recipe("dense-small", tiny), small, device); });
}

TEST(ImageMaker, DoesNotDependOnTheSizeOfItsBatch) {
  const ops::Device device;
  const Recipe recipe = shipped_recipe("conditional");
  net::Weights weights(generator_spec(recipe));
  weights.initialise(1, 0);
  const auto latents = sample_latents(recipe, 3, 10);
  const auto labels = sample_labels(10, 1, 10);
  std::vector<float> images[2];
  for (const int run : {0, 1}) {
    ImageMaker maker(generator_spec(recipe), weights, device, base::DType::f32, run == 0 ? 4 : 10);
    images[run].resize(10 * 784);
    maker.make(latents, labels, images[run]);
  }
  for (std::size_t i = 0; i < images[0].size(); ++i) {
    ASSERT_NEAR(images[0][i], images[1][i], 1e-5F);
  }
}

TEST(SampleLabels, ChangeWithTheRowUnlessOneIsAskedFor) {
  EXPECT_EQ(sample_labels(7, 2, 3), (std::vector<std::int32_t>{0, 0, 1, 1, 2, 2, 0}));
  EXPECT_EQ(sample_labels(3, 10, 10, 7), (std::vector<std::int32_t>{7, 7, 7}));
}

}  // namespace
}  // namespace ganymede::train
