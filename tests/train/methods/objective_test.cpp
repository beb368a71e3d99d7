#include "train/methods/objective.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace ganymede::train {
namespace {

constexpr std::array<float, 5> logits = {-3.0F, -0.5F, 0.0F, 0.25F, 4.0F};

double log_sigmoid(double x) {
  return -std::log1p(std::exp(-x));
}

double cross_entropy(double x, double label) {
  return -label * log_sigmoid(x) - (1.0 - label) * log_sigmoid(-x);
}

/// The formulas of the papers, in double.
struct Formulas {
  Loss loss;
  double (*real)(const ObjectiveSettings&, double real, double fake);
  double (*fake)(const ObjectiveSettings&, double real, double fake);
  double (*generator)(const ObjectiveSettings&, double real, double fake);
};

const Formulas all_formulas[] = {
    {Loss::bce_with_logits,
     [](const ObjectiveSettings& s, double real, double) { return cross_entropy(real, s.real_label); },
     [](const ObjectiveSettings& s, double, double fake) { return cross_entropy(fake, s.fake_label); },
     [](const ObjectiveSettings& s, double, double fake) { return cross_entropy(fake, s.generator_label); }},
    {Loss::minimax,
     [](const ObjectiveSettings& s, double real, double) { return cross_entropy(real, s.real_label); },
     [](const ObjectiveSettings& s, double, double fake) { return cross_entropy(fake, s.fake_label); },
     [](const ObjectiveSettings& s, double, double fake) { return -cross_entropy(fake, s.fake_label); }},
    {Loss::least_squares,
     [](const ObjectiveSettings& s, double real, double) { return std::pow(real - s.real_label, 2.0); },
     [](const ObjectiveSettings& s, double, double fake) { return std::pow(fake - s.fake_label, 2.0); },
     [](const ObjectiveSettings& s, double, double fake) { return std::pow(fake - s.generator_label, 2.0); }},
    {Loss::wasserstein, [](const ObjectiveSettings&, double real, double) { return -real; },
     [](const ObjectiveSettings&, double, double fake) { return fake; },
     [](const ObjectiveSettings&, double, double fake) { return -fake; }},
    {Loss::hinge, [](const ObjectiveSettings&, double real, double) { return std::max(0.0, 1.0 - real); },
     [](const ObjectiveSettings&, double, double fake) { return std::max(0.0, 1.0 + fake); },
     [](const ObjectiveSettings&, double, double fake) { return -fake; }},
    {Loss::relativistic,
     [](const ObjectiveSettings&, double real, double fake) { return -log_sigmoid(real - fake); },
     [](const ObjectiveSettings&, double real, double fake) { return -log_sigmoid(real - fake); },
     [](const ObjectiveSettings&, double real, double fake) { return -log_sigmoid(fake - real); }},
};

template <class Function>
double slope(const Function& function, double x) {
  constexpr double step = 1e-5;
  return (function(x + step) - function(x - step)) / (2.0 * step);
}

ObjectiveSettings smoothed(Loss loss, Reduction reduction) {
  return {.loss = loss,
          .real_label = 0.9,
          .fake_label = 0.1,
          .generator_label = 0.95,
          .discriminator_reduction = reduction};
}

TEST(Objective, DiscriminatorLossesAreTheTextbooksWithTheirDerivatives) {
  ASSERT_EQ(std::size(all_formulas), words(Loss{}).size());
  for (const Formulas& f : all_formulas) {
    for (const Reduction reduction : {Reduction::mean, Reduction::sum}) {
      const ObjectiveSettings settings = smoothed(f.loss, reduction);
      const double share = reduction == Reduction::mean ? 0.5 : 1.0;
      for (const float real : logits) {
        for (const float fake : logits) {
          SCOPED_TRACE(testing::Message() << static_cast<int>(f.loss) << " " << real << " " << fake);
          std::array<float, 1> diff_real{};
          std::array<float, 1> diff_fake{};
          const DiscriminatorLosses losses =
              discriminator_loss(settings, std::array{real}, std::array{fake}, {}, diff_real, diff_fake);
          EXPECT_NEAR(losses.real, f.real(settings, real, fake), 2e-6);
          EXPECT_NEAR(losses.fake, f.fake(settings, real, fake), 2e-6);
          const auto total = [&](double r, double g) {
            return share * (f.real(settings, r, g) + f.fake(settings, r, g));
          };
          EXPECT_NEAR(diff_real[0], slope([&](double r) { return total(r, fake); }, real), 2e-6);
          EXPECT_NEAR(diff_fake[0], slope([&](double g) { return total(real, g); }, fake), 2e-6);
        }
      }
    }
  }
}

TEST(Objective, GeneratorLossesAreTheTextbooksWithTheirDerivatives) {
  for (const Formulas& f : all_formulas) {
    const ObjectiveSettings settings = smoothed(f.loss, Reduction::mean);
    for (const float real : logits) {
      for (const float fake : logits) {
        SCOPED_TRACE(testing::Message() << static_cast<int>(f.loss) << " " << real << " " << fake);
        std::array<float, 1> diff{};
        EXPECT_NEAR(generator_loss(settings, std::array{real}, std::array{fake}, diff),
                    f.generator(settings, real, fake), 2e-6);
        EXPECT_NEAR(diff[0], slope([&](double g) { return f.generator(settings, real, g); }, fake), 2e-6);
      }
    }
  }
}

TEST(Objective, OverflowsNowhere) {
  const std::array extremes = {-100.0F, 100.0F, -100.0F, 100.0F};
  const std::array others = {-100.0F, -100.0F, 100.0F, 100.0F};
  for (const Formulas& f : all_formulas) {
    std::array<float, 4> diff_real{};
    std::array<float, 4> diff_fake{};
    const DiscriminatorLosses losses =
        discriminator_loss({.loss = f.loss}, extremes, others, {}, diff_real, diff_fake);
    EXPECT_TRUE(std::isfinite(losses.real) && std::isfinite(losses.fake));
    EXPECT_TRUE(std::isfinite(generator_loss({.loss = f.loss}, extremes, others, diff_fake)));
  }
}

TEST(Objective, IsTheMeanOverTheBatch) {
  const std::array real = {1.0F, 3.0F};
  const std::array fake = {2.0F, 0.0F};
  std::array<float, 2> diff_real{};
  std::array<float, 2> diff_fake{};
  const DiscriminatorLosses losses =
      discriminator_loss({.loss = Loss::least_squares}, real, fake, {}, diff_real, diff_fake);
  EXPECT_FLOAT_EQ(losses.real, 2.0F);
  EXPECT_FLOAT_EQ(losses.fake, 2.0F);
  EXPECT_EQ(diff_real, (std::array{0.0F, 1.0F}));
  EXPECT_EQ(diff_fake, (std::array{1.0F, 0.0F}));
}

TEST(Objective, AFlippedPairTradesPlaces) {
  const std::array real = {1.5F, -0.5F};
  const std::array fake = {0.25F, 2.0F};
  for (const Formulas& f : all_formulas) {
    const ObjectiveSettings settings = smoothed(f.loss, Reduction::mean);
    std::array<float, 2> diff_real{};
    std::array<float, 2> diff_fake{};
    discriminator_loss(settings, real, fake, std::array<std::uint8_t, 2>{1, 0}, diff_real, diff_fake);
    std::array<float, 2> traded_real{};
    std::array<float, 2> traded_fake{};
    discriminator_loss(settings, std::array{fake[0], real[1]}, std::array{real[0], fake[1]}, {}, traded_real,
                       traded_fake);
    EXPECT_EQ(diff_real, (std::array{traded_fake[0], traded_real[1]}));
    EXPECT_EQ(diff_fake, (std::array{traded_real[0], traded_fake[1]}));
  }
}

/// The mean of D's losses on ten pairs, of which two are flipped, with one logit for the real images and one
/// for the generated.
double mean_loss(const ObjectiveSettings& settings, float real, float fake) {
  std::array<float, 10> reals{};
  std::array<float, 10> fakes{};
  reals.fill(real);
  fakes.fill(fake);
  const std::array<std::uint8_t, 10> flipped = {1, 1};
  std::array<float, 10> diff_real{};
  std::array<float, 10> diff_fake{};
  const auto losses = discriminator_loss(settings, reals, fakes, flipped, diff_real, diff_fake);
  return 0.5 * (static_cast<double>(losses.real) + static_cast<double>(losses.fake));
}

TEST(LossScale, IsTheLeastLossWithoutAndWithKnowledge) {
  for (const Formulas& f : all_formulas) {
    ObjectiveSettings settings = smoothed(f.loss, Reduction::mean);
    settings.label_flip = 0.2;
    const auto scale = loss_scale(settings);
    EXPECT_EQ(scale.has_value(), f.loss != Loss::wasserstein);
    if (!scale) {
      continue;
    }
    double guessing = 1e9;
    double knowing = 1e9;
    for (float real = -6.0F; real <= 6.0F; real += 0.0625F) {
      guessing = std::min(guessing, mean_loss(settings, real, real));
      for (float fake = -6.0F; fake <= 6.0F; fake += 0.0625F) {
        knowing = std::min(knowing, mean_loss(settings, real, fake));
      }
    }
    SCOPED_TRACE(static_cast<int>(f.loss));
    EXPECT_NEAR(scale->guessing, guessing, 1e-3);
    EXPECT_NEAR(scale->knowing, knowing, 1e-3);
  }
}

TEST(Judgement, CountsWhatIsTakenForReal) {
  const Verdict verdict = judge(std::array{-1.0F, 0.0F, 1.0F, 2.0F});
  EXPECT_FLOAT_EQ(verdict.share_positive, 0.5F);
  EXPECT_NEAR(verdict.probability, (0.268941F + 0.5F + 0.731059F + 0.880797F) / 4.0F, 1e-6F);
}

}  // namespace
}  // namespace ganymede::train
