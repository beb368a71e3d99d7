#include "eval/feature_space.h"

#include <utility>

namespace ganymede::eval {

FeatureSpace::FeatureSpace(FeatureReader reader, std::span<const std::uint8_t> real,
                           const ops::Device& device, const NeighbourCounts& counts)
    : device_(device),
      counts_(counts),
      reader_(std::move(reader)),
      real_(reader_.read(real)),
      frechet_(features_of(real_)),
      points_(features_of(real_)),
      radii_(neighbour_radii(device, points_, counts)) {}

Neighbourhood FeatureSpace::neighbourhood(const Features& generated) const {
  const Points points(generated);
  const Radii radii = neighbour_radii(device_, points, counts_);
  return {judge_generated(device_, points, points_, radii_, counts_),
          judge_real(device_, points_, points, radii_, radii)};
}

}  // namespace ganymede::eval
