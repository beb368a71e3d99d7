#include "draw/sampler.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "artifacts/recipe_source.h"
#include "io/mutation.h"
#include "train/sampling.h"

namespace ganymede::test {
namespace {

using base::ErrorKind;
using testing::ElementsAre;

/// A generator with its first weights.
artifacts::SavedGenerator untrained(const std::string& recipe) {
  artifacts::GeneratorInfo info{.recipe = artifacts::load_recipe(recipe), .dataset = "mnist"};
  net::NetSpec spec = train::generator_spec(info.recipe);
  net::Weights weights(spec);
  weights.initialise(1, 0);
  return {std::move(info), std::move(spec), std::move(weights)};
}

TEST(Sampler, DrawsGivenLatentPointsAsItsOwn) {
  draw::Sampler sampler(untrained("conditional"), {.seed = 5});
  const draw::Samples own = sampler.draw(20, 8);
  const draw::Samples given = sampler.draw(train::sample_latents(sampler.info().recipe, 5, 20), own.labels);
  EXPECT_EQ(given.images.shape, own.images.shape);
  EXPECT_EQ(given.images.values, own.images.values);
  EXPECT_EQ(given.labels, own.labels);
}

TEST(Sampler, TakesNoLabelsForAGeneratorWithout) {
  draw::Sampler sampler(untrained("dense-small"));
  const std::vector<float> point(static_cast<std::size_t>(sampler.latent_size()));
  EXPECT_THAT(sampler.draw(point, {}).labels, ElementsAre(0));
  const std::vector<std::int32_t> label = {3};
  expect_error(ErrorKind::usage, {"label", "3", "none, since the generator takes no labels"},
               [&] { sampler.draw(point, label); });
}

TEST(Sampler, RefusesPointsAndLabelsThatDoNotFit) {
  draw::Sampler sampler(untrained("conditional"));
  const std::vector<float> points(static_cast<std::size_t>(2 * sampler.latent_size()));
  const std::vector<std::int32_t> one = {1}, unknown = {1, 10};
  expect_error(ErrorKind::usage, {"latent points", "7 numbers"},
               [&] { sampler.draw(std::span(points).first(7), one); });
  expect_error(ErrorKind::usage, {"latent points", "0 numbers"},
               [&] { sampler.draw(std::span<const float>(), one); });
  expect_error(ErrorKind::usage, {"labels", "1 labels", "2, one for each"},
               [&] { sampler.draw(points, one); });
  expect_error(ErrorKind::usage, {"label", "10", "from 0 to 9"}, [&] { sampler.draw(points, unknown); });
}

}  // namespace
}  // namespace ganymede::test
