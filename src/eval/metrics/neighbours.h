#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/metrics/distances.h"

namespace ganymede::eval {

/// The number of neighbours in the ball around a point.
struct NeighbourCounts {
  std::int64_t precision_recall = 3;  ///< k of precision and recall
  std::int64_t density_coverage = 5;  ///< k of density and coverage
};

/// The squared distances from every point of a set to its k-th nearest other one.
struct Radii {
  std::vector<float> precision_recall;  ///< [count], for precision and recall
  std::vector<float> density_coverage;  ///< [count], for density and coverage
};

/// `points` are more than the counts.
Radii neighbour_radii(const ops::Device& device, const Points& points, const NeighbourCounts& counts);

/// For each generated image, the values whose means are precision and density.
struct OfGenerated {
  std::vector<float> precise;  ///< 1 within the ball of any real image, else 0 (Kynkaanniemi et al. 2019)
  std::vector<float> density;  ///< in how many real images' balls, over k (Naeem et al. 2020)
};
/// For each real image, the values whose means are recall and coverage.
struct OfReal {
  std::vector<float> recalled;  ///< 1 within the ball of any generated image, else 0
  std::vector<float> covered;   ///< 1 where a generated image is within this one's ball, else 0
};

/// As in the package prdc, a point is within a ball if it is nearer than the radius.
OfGenerated judge_generated(const ops::Device& device, const Points& generated, const Points& real,
                            const Radii& real_radii, const NeighbourCounts& counts);
/// The same for every real image.
OfReal judge_real(const ops::Device& device, const Points& real, const Points& generated,
                  const Radii& real_radii, const Radii& generated_radii);

/// The distance (not squared) from every point of `rows` to the nearest of `columns`, passing over column
/// `excluded[row]` where `excluded` is not empty.
std::vector<float> nearest_distances(const ops::Device& device, const Points& rows, const Points& columns,
                                     std::span<const std::uint32_t> excluded = {});

}  // namespace ganymede::eval
