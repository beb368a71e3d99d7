#include "eval/metrics/frechet.h"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <cassert>

namespace ganymede::eval {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Moments {
  VectorXd mean;
  MatrixXd covariance;
};

/// The rows of the images with non-zero weights, and these.
struct WeightedRows {
  MatrixXd rows;  // [dimensions, images]: an image a column, as Eigen stores it
  VectorXd weights;
};

WeightedRows select(const Features& features, std::span<const float> weights) {
  const auto weight = [&](std::int64_t n) { return weights.empty() ? 1.0F : weights[n]; };
  std::int64_t kept = 0;
  for (std::int64_t n = 0; n < features.count(); ++n) {
    kept += weight(n) > 0.0F ? 1 : 0;
  }
  WeightedRows selected{MatrixXd(features.dimensions, kept), VectorXd(kept)};
  std::int64_t column = 0;
  for (std::int64_t n = 0; n < features.count(); ++n) {
    if (weight(n) > 0.0F) {
      const auto values = features.of(n);
      selected.rows.col(column) =
          Eigen::Map<const Eigen::VectorXf>(values.data(), features.dimensions).cast<double>();
      selected.weights[column++] = static_cast<double>(weight(n));
    }
  }
  return selected;
}

Moments moments(const Features& features, std::span<const float> weights) {
  assert(weights.empty() || static_cast<std::int64_t>(weights.size()) == features.count());
  WeightedRows selected = select(features, weights);
  const double total = selected.weights.sum();
  Moments result{selected.rows * selected.weights / total,
                 MatrixXd::Zero(features.dimensions, features.dimensions)};
  selected.rows.colwise() -= result.mean;
  selected.rows *= selected.weights.cwiseSqrt().asDiagonal();
  result.covariance.selfadjointView<Eigen::Lower>().rankUpdate(selected.rows, 1.0 / (total - 1.0));
  result.covariance.triangularView<Eigen::StrictlyUpper>() = result.covariance.transpose();
  return result;
}

}  // namespace

FrechetDistance::FrechetDistance(const Features& reference)
    : mean_(static_cast<std::size_t>(reference.dimensions)), root_(mean_.size() * mean_.size()) {
  const Moments of_reference = moments(reference, {});
  const std::int64_t size = reference.dimensions;
  Eigen::Map<VectorXd>(mean_.data(), size) = of_reference.mean;
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(of_reference.covariance);
  Eigen::Map<MatrixXd>(root_.data(), size, size) =
      eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal() *
      eigen.eigenvectors().transpose();
  trace_ = of_reference.covariance.trace();
}

double FrechetDistance::to(const Features& features, std::span<const float> weights) const {
  const Moments other = moments(features, weights);
  const std::int64_t size = features.dimensions;
  const Eigen::Map<const VectorXd> mean(mean_.data(), size);
  const Eigen::Map<const MatrixXd> root(root_.data(), size, size);
  const MatrixXd product = root * other.covariance * root;
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(product, Eigen::EigenvaluesOnly);
  const double trace_of_root = eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt().sum();
  return (mean - other.mean).squaredNorm() + trace_ + other.covariance.trace() - 2.0 * trace_of_root;
}

}  // namespace ganymede::eval
