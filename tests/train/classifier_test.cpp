#include "train/classifier.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/threads/team.h"
#include "io/mutation.h"

namespace ganymede::train {
namespace {

/// Bars whose column tells their class, over noise.
data::Dataset bars(std::int64_t count) {
  data::Dataset dataset{.name = "bars",
                        .height = 12,
                        .width = 12,
                        .class_names = {"a", "b", "c", "d"},
                        .train = {},
                        .test = {},
                        .files = {}};
  for (std::int64_t n = 0; n < count; ++n) {
    dataset.train.labels.push_back(static_cast<std::uint8_t>(n % 4));
    for (int pixel = 0; pixel < 144; ++pixel) {
      const std::uint32_t noise =
          base::random_word({.seed = 9, .step = static_cast<std::uint64_t>(n)}, pixel) >> 25;
      dataset.train.pixels.push_back(static_cast<std::uint8_t>(noise + (pixel % 12 / 3 == n % 4 ? 100 : 0)));
    }
  }
  return dataset;
}

ClassifierRecipe small_recipe() {
  ClassifierRecipe recipe = classifier_recipe("bars", 4);
  recipe.epochs = 3;
  recipe.batch_size = 32;
  recipe.precision = Precision::f32;
  recipe.augmentation = {.shift = 0.5F};
  return recipe;
}

std::vector<float> parameters(ClassifierTrainer& trainer) {
  const auto values = trainer.network().weights().parameters();
  return {values.begin(), values.end()};
}

TEST(ClassifierTrainer, LearnsToTellClassesApart) {
  const ops::Device device;
  const data::Dataset dataset = bars(320);
  ClassifierTrainer trainer(small_recipe(), dataset, device);
  const ClassifierTrainer::Epoch first = trainer.train_epoch();
  trainer.train_epoch();
  const ClassifierTrainer::Epoch last = trainer.train_epoch();
  EXPECT_LT(last.loss, 0.2 * first.loss);
  EXPECT_GT(last.accuracy, 0.97);
}

TEST(ClassifierTrainer, TrainsTheSameBytesFromTheSameSeed) {
  const base::Team team(1);
  const ops::Device device;
  const data::Dataset dataset = bars(96);
  const auto trained = [&](std::int64_t seed) {
    ClassifierRecipe recipe = small_recipe();
    recipe.seed = seed;
    ClassifierTrainer trainer(recipe, dataset, device);
    trainer.train_epoch();
    return parameters(trainer);
  };
  EXPECT_EQ(trained(1), trained(1));
  EXPECT_NE(trained(1), trained(2));
}

TEST(ClassifierTrainer, RefusesDataThatDoNotFit) {
  const ops::Device device;
  const data::Dataset few = bars(8);
  test::expect_error(base::ErrorKind::data, {"8 training images", "a batch of 32"},
                     [&] { ClassifierTrainer(small_recipe(), few, device); });
  const data::Dataset dataset = bars(64);
  ClassifierRecipe ten = small_recipe();
  ten.layers = classifier_recipe("mnist", 10).layers;
  test::expect_error(base::ErrorKind::configuration, {"[10]", "each of the 4 classes"},
                     [&] { ClassifierTrainer(ten, dataset, device); });
}

TEST(ClassifierRecipe, OfTheIndependentOneHasOtherLayersAndAnotherSeed) {
  const ClassifierRecipe usual = classifier_recipe("mnist", 10);
  const ClassifierRecipe independent = independent_classifier_recipe("mnist", 10);
  EXPECT_NE(independent.layers, usual.layers);
  EXPECT_NE(independent.seed, usual.seed);
  EXPECT_EQ(net::output_shape(classifier_spec(independent, {28, 28, 1})), base::Shape{10});
}

TEST(ClassifierRecipe, IsWrittenAndReadBackAsTheSame) {
  ClassifierRecipe recipe = classifier_recipe("fashion-mnist", 10);
  recipe.seed = 77;
  recipe.precision = Precision::bf16;
  const std::string text = to_toml(recipe);
  const ClassifierRecipe read = parse_classifier_recipe(text, "here");
  EXPECT_EQ(to_toml(read), text);
  EXPECT_EQ(read.layers, recipe.layers);
  EXPECT_EQ(read.seed, 77);
  EXPECT_TRUE(read.augmentation.mirror);
}

TEST(ClassifierRecipe, RefusesWhatItDoesNotKnow) {
  test::expect_error(base::ErrorKind::configuration, {"here", "TOML"},
                     [] { parse_classifier_recipe("data = ", "here"); });
  test::expect_error(base::ErrorKind::configuration, {"here", "epochs"},
                     [] { parse_classifier_recipe("data = \"mnist\"", "here"); });
  const std::string text = "colour = 3\n" + to_toml(classifier_recipe("mnist", 10));
  test::expect_error(base::ErrorKind::configuration, {"here", "colour"},
                     [&] { parse_classifier_recipe(text, "here"); });
}

}  // namespace
}  // namespace ganymede::train
