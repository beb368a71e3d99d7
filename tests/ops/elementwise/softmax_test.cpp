#include "ops/elementwise/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ganymede::ops {
namespace {

/// The textbook's formula, in double: the mean over the rows of -ln(e^x_label / sum e^x).
double cross_entropy(const std::vector<double>& logits, const std::vector<std::int32_t>& labels) {
  const std::size_t classes = logits.size() / labels.size();
  double mean = 0.0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    double sum = 0.0;
    for (std::size_t c = 0; c < classes; ++c) {
      sum += std::exp(logits[row * classes + c]);
    }
    mean -=
        std::log(std::exp(logits[row * classes + labels[row]]) / sum) / static_cast<double>(labels.size());
  }
  return mean;
}

TEST(Softmax, IsTheShareOfEachExponential) {
  std::vector<float> values = {0.0F, std::log(3.0F), 1.0F, 1.0F};
  softmax(values, 2, values);
  EXPECT_FLOAT_EQ(values[0], 0.25F);
  EXPECT_FLOAT_EQ(values[1], 0.75F);
  EXPECT_FLOAT_EQ(values[2], 0.5F);
  EXPECT_FLOAT_EQ(values[3], 0.5F);
}

TEST(Softmax, OverflowsNowhere) {
  std::vector<float> values = {1e30F, 0.0F, -1e30F};
  softmax(values, 3, values);
  EXPECT_EQ(values, (std::vector<float>{1.0F, 0.0F, 0.0F}));
}

TEST(SoftmaxCrossEntropy, IsTheTextbooksWithItsDerivative) {
  const std::vector<float> logits = {0.5F, -1.0F, 2.0F, 3.0F, 3.0F, -4.0F};
  const std::vector<std::int32_t> labels = {0, 1};
  std::vector<float> diff(logits.size());
  const std::vector<double> exact(logits.begin(), logits.end());
  EXPECT_NEAR(softmax_cross_entropy(logits, labels, diff), cross_entropy(exact, labels), 1e-6);
  constexpr double step = 1e-5;
  for (std::size_t n = 0; n < logits.size(); ++n) {
    std::vector<double> above = exact;
    std::vector<double> below = exact;
    above[n] += step;
    below[n] -= step;
    EXPECT_NEAR(diff[n], (cross_entropy(above, labels) - cross_entropy(below, labels)) / (2.0 * step), 1e-7)
        << n;
  }
}

TEST(SoftmaxCrossEntropy, StaysFiniteForALabelWithoutAnyProbability) {
  const std::vector<float> logits = {1000.0F, 0.0F};
  std::vector<float> diff(2);
  EXPECT_FLOAT_EQ(softmax_cross_entropy(logits, std::vector<std::int32_t>{1}, diff), 1000.0F);
  EXPECT_FLOAT_EQ(diff[0], 1.0F);
  EXPECT_FLOAT_EQ(diff[1], -1.0F);
}

}  // namespace
}  // namespace ganymede::ops
