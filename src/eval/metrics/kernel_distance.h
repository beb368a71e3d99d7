#pragma once

#include <cstdint>

#include "eval/features.h"
#include "ops/device.h"

namespace ganymede::eval {

/// The kernel distance (KID, Binkowski et al. 2018): the mean and the deviation, over random subsets without
/// repetition, of the unbiased squared maximum mean discrepancy with the kernel (x.y / dimensions + 1)^3, as
/// torch-fidelity and clean-fid have it.
struct KernelDistanceSettings {
  std::int64_t subsets = 100;
  std::int64_t subset_size = 1000;  ///< or as many as there are
  std::uint64_t seed = 0;
};
struct KernelDistance {
  double mean = 0.0;
  double deviation = 0.0;        ///< of one subset's, divided by the number of subsets as in numpy.std
  std::int64_t subset_size = 0;  ///< as it was: at most as many as there are images on either side
};
KernelDistance kernel_distance(const ops::Device& device, const Features& a, const Features& b,
                               const KernelDistanceSettings& settings);

/// The unbiased squared maximum mean discrepancy of two sets of n >= 2 features each:
///   (sum of k(a_i, a_j) + sum of k(b_i, b_j), i != j) / (n (n - 1)) - 2 mean of k(a_i, b_j)
double squared_discrepancy(const ops::Device& device, const Features& a, const Features& b);

}  // namespace ganymede::eval
