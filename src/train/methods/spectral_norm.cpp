#include "train/methods/spectral_norm.h"

#include <algorithm>
#include <cmath>

namespace ganymede::train {

namespace {

constexpr int first_iterations = 15;

/// Scales `vector` to length one and returns the length that it had.
double scale_to_unit(std::span<float> vector) {
  constexpr double epsilon = 1e-12;
  double squares = 0.0;
  for (const float element : vector) {
    squares += static_cast<double>(element) * static_cast<double>(element);
  }
  const double length = std::sqrt(squares);
  for (float& element : vector) {
    element = static_cast<float>(static_cast<double>(element) / std::max(length, epsilon));
  }
  return length;
}

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sum;
}

/// dst += factor src.
void add_scaled(float factor, std::span<const float> src, std::span<float> dst) {
  for (std::size_t i = 0; i < dst.size(); ++i) {
    dst[i] += factor * src[i];
  }
}

}  // namespace

SpectralNorm::SpectralNorm(net::Weights& weights, std::uint64_t seed)
    : parameters_(weights.parameters().size_bytes()), table_(weights.table()) {
  std::ranges::copy(weights.parameters(), parameters().begin());
  for (const net::WeightRow& row : table_) {
    if (row.role != net::WeightDeclaration::Role::parameter || row.shape.rank() < 2) {
      continue;
    }
    const std::int64_t height = row.shape[0];
    const std::int64_t width = row.shape.elements() / height;
    Matrix matrix{row, height, width, std::vector<float>(height), std::vector<float>(width)};
    base::fill_normal({.seed = seed,
                       .purpose = base::Purpose::spectral_norm,
                       .stream = static_cast<std::uint32_t>(matrices_.size())},
                      0.0F, 1.0F, matrix.u);
    product_.resize(std::max(product_.size(), matrix.u.size()));
    for (int i = 0; i + 1 < first_iterations; ++i) {
      iterate(matrix);
    }
    matrices_.push_back(std::move(matrix));
  }
  normalise(weights);
}

std::span<float> SpectralNorm::values(const net::WeightRow& row) {
  return parameters().subspan(row.offset, row.shape.elements());
}

double SpectralNorm::measure(const Matrix& matrix, std::span<float> product) {
  const std::span w = values(matrix.row);
  for (std::int64_t i = 0; i < matrix.height; ++i) {
    product[i] = static_cast<float>(dot(w.subspan(i * matrix.width, matrix.width), matrix.v));
  }
  return std::sqrt(dot(product, product));
}

void SpectralNorm::iterate(Matrix& matrix) {
  const std::span w = values(matrix.row);
  std::ranges::fill(matrix.v, 0.0F);
  for (std::int64_t i = 0; i < matrix.height; ++i) {
    add_scaled(matrix.u[i], w.subspan(i * matrix.width, matrix.width), matrix.v);
  }
  scale_to_unit(matrix.v);
  measure(matrix, matrix.u);
  matrix.sigma = scale_to_unit(matrix.u);
}

void SpectralNorm::pull_back(net::Weights& weights) {
  for (const Matrix& matrix : matrices_) {
    const auto size = static_cast<std::size_t>(matrix.height * matrix.width);
    const std::span gradient = weights.gradients().subspan(matrix.row.offset, size);
    const double along = dot(gradient, weights.values(matrix.row));
    for (std::int64_t i = 0; i < matrix.height; ++i) {
      const std::span row = gradient.subspan(i * matrix.width, matrix.width);
      add_scaled(static_cast<float>(-along * static_cast<double>(matrix.u[i])), matrix.v, row);
      for (float& element : row) {
        element = static_cast<float>(static_cast<double>(element) / matrix.sigma);
      }
    }
  }
}

void SpectralNorm::normalise(net::Weights& weights) {
  std::ranges::copy(parameters(), weights.parameters().begin());
  for (Matrix& matrix : matrices_) {
    iterate(matrix);
    for (float& element : weights.values(matrix.row)) {
      element = static_cast<float>(static_cast<double>(element) / matrix.sigma);
    }
  }
  weights.refresh_shadow();
}

std::vector<NamedTensor> SpectralNorm::tensors(const std::string& network) {
  std::vector<NamedTensor> tensors;
  for (const net::WeightRow& row : table_) {
    if (row.role == net::WeightDeclaration::Role::parameter) {
      tensors.push_back({network + "." + row.name + ".raw", row.shape, values(row)});
    }
  }
  for (Matrix& matrix : matrices_) {
    const std::string name = network + "." + matrix.row.name;
    tensors.push_back({name + ".spectral_u", {matrix.height}, matrix.u});
    tensors.push_back({name + ".spectral_v", {matrix.width}, matrix.v});
  }
  return tensors;
}

void SpectralNorm::resume() {
  for (Matrix& matrix : matrices_) {
    matrix.sigma = measure(matrix, std::span(product_).first(matrix.u.size()));
  }
}

}  // namespace ganymede::train
