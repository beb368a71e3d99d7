#include "train/objective.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace ganymede::train {
namespace {

constexpr std::array<float, 7> logits = {-100.0F, -3.0F, -0.5F, 0.0F, 0.25F, 4.0F, 100.0F};

/// The textbook's formula, in double.
double cross_entropy(double logit, double label) {
  const double s = 1.0 / (1.0 + std::exp(-logit));
  return -(label == 0.0 ? 0.0 : label * std::log(s)) - (label == 1.0 ? 0.0 : (1.0 - label) * std::log1p(-s));
}

double least_squares(double logit, double label) {
  return (logit - label) * (logit - label);
}

void expect_matches(Loss loss, double (*formula)(double, double), float label) {
  for (const float logit : logits) {
    if (std::abs(logit) > 50.0F && loss == Loss::bce_with_logits) {
      continue;  // the textbook's formula overflows there
    }
    std::array<float, 1> diff{};
    const double x = static_cast<double>(logit);
    const double y = static_cast<double>(label);
    const double expected = formula(x, y);
    EXPECT_NEAR(evaluate(loss, std::array{logit}, label, 1.0F, diff), expected,
                1e-6 * std::max(1.0, expected));
    const double step = 1e-5;
    const double slope = (formula(x + step, y) - formula(x - step, y)) / (2.0 * step);
    EXPECT_NEAR(diff[0], slope, 1e-6 * std::max(1.0, std::abs(slope))) << logit << " " << label;
  }
}

TEST(Objective, CrossEntropyIsTheTextbooksWithItsDerivative) {
  for (const float label : {0.0F, 0.1F, 0.9F, 1.0F}) {
    expect_matches(Loss::bce_with_logits, cross_entropy, label);
  }
}

TEST(Objective, LeastSquaresIsTheTextbooksWithItsDerivative) {
  for (const float label : {0.0F, 0.9F, 1.0F}) {
    expect_matches(Loss::least_squares, least_squares, label);
  }
}

TEST(Objective, CrossEntropyOverflowsNowhere) {
  std::array<float, 7> diff{};
  EXPECT_TRUE(std::isfinite(evaluate(Loss::bce_with_logits, logits, 1.0F, 1.0F, diff)));
  EXPECT_FLOAT_EQ(diff.front() * 7.0F, -1.0F);
  EXPECT_NEAR(diff.back(), 0.0F, 1e-30F);
}

TEST(Objective, IsTheMeanOverTheBatch) {
  std::array<float, 2> diff{};
  EXPECT_FLOAT_EQ(evaluate(Loss::least_squares, std::array{1.0F, 3.0F}, 0.0F, 0.5F, diff), 5.0F);
  EXPECT_FLOAT_EQ(diff[0], 0.5F);
  EXPECT_FLOAT_EQ(diff[1], 1.5F);
}

TEST(Judgement, CountsWhatIsTakenForReal) {
  const Verdict verdict = judge(std::array{-1.0F, 0.0F, 1.0F, 2.0F});
  EXPECT_FLOAT_EQ(verdict.share_positive, 0.5F);
  EXPECT_NEAR(verdict.probability, (0.268941F + 0.5F + 0.731059F + 0.880797F) / 4.0F, 1e-6F);
}

}  // namespace
}  // namespace ganymede::train
