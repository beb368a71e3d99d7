#include "train/methods/lower_bound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>

#include "base/random.h"

namespace ganymede::train {
namespace {

constexpr std::int64_t batch = 3;
constexpr std::size_t latent = 4;

std::vector<float> normal(std::uint32_t stream, std::size_t count) {
  std::vector<float> values(count);
  base::fill_normal({.seed = 5, .stream = stream}, 0.0F, 1.0F, values);
  return values;
}

std::vector<float> uniform(std::uint32_t stream, std::size_t count) {
  std::vector<float> values(count);
  base::fill_uniform({.seed = 5, .stream = stream}, 0.0F, 1.0F, values);
  return values;
}

/// The derivative of `loss` by each of `values`, by central differences.
std::vector<double> slopes(std::vector<float> values,
                           const std::function<double(std::span<const float>)>& loss) {
  std::vector<double> found;
  for (float& value : values) {
    const float kept = value;
    value = kept + 1e-2F;
    const double above = loss(values);
    value = kept - 1e-2F;
    found.push_back((above - loss(values)) / 2e-2);
    value = kept;
  }
  return found;
}

void expect_near(std::span<const float> found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(found[i]), expected[i], 1e-3) << i;
  }
}

TEST(KlDivergence, IsZeroForTheDistributionItselfOnly) {
  const std::vector<float> standard(2 * latent * batch);
  EXPECT_EQ(kl_divergence({standard, batch}), 0.0F);
  EXPECT_GT(kl_divergence({normal(1, standard.size()), batch}), 0.0F);
}

TEST(KlDivergence, IsInNatsAnImage) {
  // One image of one latent number: mean 1, variance e: (1 + e - 1 - 1) / 2.
  const std::vector<float> posterior = {1.0F, 1.0F};
  EXPECT_FLOAT_EQ(kl_divergence({posterior, 1}), 0.5F * (std::exp(1.0F) - 1.0F));
}

TEST(DrawLatents, TakesTheMeansBeforeTheLogVariances) {
  const std::vector<float> posterior = {1.0F, 2.0F, 0.0F, std::log(9.0F)};
  const std::vector<float> noise = {0.5F, -1.0F};
  std::vector<float> latents(2);
  draw_latents({posterior, 1}, noise, latents);
  EXPECT_THAT(latents, testing::ElementsAre(1.5F, testing::FloatNear(-1.0F, 1e-6F)));
}

TEST(PosteriorGradient, IsThatOfFiniteDifferences) {
  const LowerBoundSettings settings{.kl_weight = 0.7};
  const std::vector<float> posterior = normal(2, 2 * latent * batch);
  const std::vector<float> noise = normal(3, latent * batch);
  const std::vector<float> weights = normal(4, latent * batch);  // of a loss that is linear in the points
  std::vector<float> gradient(posterior.size());
  posterior_gradient(settings, {posterior, batch}, noise, weights, gradient);
  expect_near(gradient, slopes(posterior, [&](std::span<const float> moved) {
                std::vector<float> latents(noise.size());
                draw_latents({moved, batch}, noise, latents);
                const double linear =
                    std::inner_product(latents.begin(), latents.end(), weights.begin(), 0.0);
                return linear + settings.kl_weight * static_cast<double>(kl_divergence({moved, batch}));
              }));
}

TEST(ReconstructionLoss, HasTheGradientOfFiniteDifferences) {
  const std::vector<float> logits = normal(6, 5 * batch);
  const std::vector<float> images = uniform(7, 5 * batch);
  std::vector<float> losses(batch);
  std::vector<float> gradient(logits.size());
  reconstruction_loss(logits, images, losses, gradient);
  std::vector<float> unused(logits.size());
  expect_near(gradient, slopes(logits, [&](std::span<const float> moved) {
                return static_cast<double>(reconstruction_loss(moved, images, losses, unused));
              }));
}

TEST(ReconstructionLoss, SumsOverPixelsAndAveragesOverImages) {
  const std::vector<float> logits(6);
  const std::vector<float> images = uniform(8, 6);
  std::vector<float> losses(2);
  std::vector<float> gradient(6);
  const float ln2 = std::log(2.0F);
  EXPECT_FLOAT_EQ(reconstruction_loss(logits, images, losses, gradient), 3.0F * ln2);
  EXPECT_THAT(losses, testing::Each(testing::FloatEq(3.0F * ln2)));
}

TEST(ReconstructionLoss, IsFiniteForPixelsThatTheDecoderIsSureOf) {
  const std::vector<float> logits = {1000.0F, -1000.0F, 1000.0F};
  const std::vector<float> images = {1.0F, 0.0F, 0.0F};
  std::vector<float> losses(3);
  std::vector<float> gradient(3);
  reconstruction_loss(logits, images, losses, gradient);
  EXPECT_THAT(losses, testing::ElementsAre(0.0F, 0.0F, 1000.0F));
  EXPECT_THAT(gradient, testing::ElementsAre(0.0F, 0.0F, testing::FloatEq(1.0F / 3.0F)));
}

}  // namespace
}  // namespace ganymede::train
