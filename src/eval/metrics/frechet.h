#pragma once

#include <span>
#include <vector>

#include "eval/features.h"

namespace ganymede::eval {

/// The Fréchet distance between the normal distributions with the means and covariances of two sets of
/// features (Heusel et al. 2017; the sum of squares that FID is, not its root):
///   |m1 - m2|^2 + tr(C1) + tr(C2) - 2 tr((C1^1/2 C2 C1^1/2)^1/2)
/// with covariances divided by count - 1, in double precision. The trace of the root is the sum of the roots
/// of the eigenvalues of a symmetric matrix, so that it exists for singular covariances too.
class FrechetDistance {
 public:
  /// Prepares the distance to `reference`, of at least two images.
  explicit FrechetDistance(const Features& reference);

  /// To features in which image n counts `weights[n]` times; without weights, once.
  double to(const Features& features, std::span<const float> weights = {}) const;

 private:
  std::vector<double> mean_;  // [dimensions]
  std::vector<double> root_;  // [dimensions, dimensions], of the covariance
  double trace_ = 0.0;        // of the covariance
};

}  // namespace ganymede::eval
