#include "train/methods/spectral_norm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reference/values.h"

namespace ganymede::train {
namespace {

const net::NetSpec spec{
    .name = "discriminator",
    .input = {4, 4, 3},
    .layers = {net::Convolution{.channels = 5, .kernel = 2, .padding = {}}, net::Flatten{}, net::Dense{2}}};

using Matrix = std::vector<std::vector<double>>;

Matrix matrix_of(std::span<const float> values, std::int64_t height) {
  const std::size_t width = values.size() / static_cast<std::size_t>(height);
  Matrix matrix;
  for (std::size_t begin = 0; begin < values.size(); begin += width) {
    matrix.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(begin),
                        values.begin() + static_cast<std::ptrdiff_t>(begin + width));
  }
  return matrix;
}

/// By many steps of power iteration in double.
double largest_singular_value(const Matrix& w) {
  std::vector<double> v(w.front().size(), 1.0);
  double sigma = 0.0;
  for (int i = 0; i < 2000; ++i) {
    std::vector<double> next(v.size());
    sigma = 0.0;
    for (const std::vector<double>& row : w) {
      double product = 0.0;
      for (std::size_t j = 0; j < v.size(); ++j) {
        product += row[j] * v[j];
      }
      sigma += product * product;
      for (std::size_t j = 0; j < v.size(); ++j) {
        next[j] += product * row[j];
      }
    }
    double squares = 0.0;
    for (const double x : next) {
      squares += x * x;
    }
    for (std::size_t j = 0; j < v.size(); ++j) {
      v[j] = next[j] / std::sqrt(squares);
    }
    sigma = std::sqrt(sigma);
  }
  return sigma;
}

TEST(SpectralNorm, DividesEveryLayerByItsLargestSingularValue) {
  net::Weights weights(spec);
  weights.initialise(1, 0);
  SpectralNorm norm(weights, 1);
  for (int i = 0; i < 200; ++i) {
    norm.normalise(weights);
  }
  for (const net::WeightRow& row : weights.table()) {
    if (row.shape.rank() >= 2) {
      EXPECT_NEAR(largest_singular_value(matrix_of(weights.values(row), row.shape[0])), 1.0, 1e-4)
          << row.name;
    }
  }
}

TEST(SpectralNorm, LeavesBiasesAlone) {
  net::Weights weights(spec);
  weights.initialise(1, 0);
  SpectralNorm norm(weights, 1);
  const net::WeightRow& bias = weights.table()[1];
  ASSERT_EQ(bias.shape.rank(), 1U);
  norm.parameters()[bias.offset] = 7.0F;
  norm.normalise(weights);
  EXPECT_EQ(weights.values(bias)[0], 7.0F);
}

/// Of the loss sum_ij c_ij W_ij / sigma(W), by finite differences of the converged norm in double.
TEST(SpectralNorm, PullsGradientsBackThroughTheDivision) {
  net::Weights weights(spec);
  weights.initialise(1, 0);
  SpectralNorm norm(weights, 1);
  for (int i = 0; i < 200; ++i) {
    norm.normalise(weights);
  }
  for (const net::WeightRow& row : weights.table()) {
    if (row.shape.rank() < 2) {
      continue;
    }
    const auto size = static_cast<std::size_t>(row.shape.elements());
    const auto cotangent = reference::random_values(9, row.shape.elements());
    std::ranges::copy(cotangent, weights.gradients().begin() + row.offset);
    const std::span raw = norm.parameters().subspan(row.offset, size);
    Matrix w = matrix_of(raw, row.shape[0]);
    const auto loss = [&] {
      double sum = 0.0;
      for (std::size_t i = 0; i < size; ++i) {
        sum += static_cast<double>(cotangent[i]) * w[i / w.front().size()][i % w.front().size()];
      }
      return sum / largest_singular_value(w);
    };
    norm.pull_back(weights);
    const std::span found = weights.gradients().subspan(row.offset, size);
    for (std::size_t i = 0; i < size; i += 7) {
      double& element = w[i / w.front().size()][i % w.front().size()];
      const double before = element;
      element = before + 1e-5;
      const double ahead = loss();
      element = before - 1e-5;
      const double behind = loss();
      element = before;
      EXPECT_NEAR(found[i], (ahead - behind) / 2e-5, 1e-3) << row.name;
    }
  }
}

}  // namespace
}  // namespace ganymede::train
