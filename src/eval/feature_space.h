#pragma once

#include <cstdint>
#include <span>

#include "eval/feature_reader.h"
#include "eval/metrics/distances.h"
#include "eval/metrics/frechet.h"
#include "eval/metrics/neighbours.h"
#include "ops/device.h"

namespace ganymede::eval {

/// How the neighbours of generated images and of real ones lie: the means are precision, density, recall and
/// coverage.
struct Neighbourhood {
  OfGenerated of_generated;  ///< for each generated image
  OfReal of_real;            ///< for each real image
};

/// Real images by their features, to compare others with.
class FeatureSpace {
 public:
  /// `real` is [count, height, width, channels], of more images than any of `counts`. What `reader`
  /// refers to and `device` must outlive it.
  FeatureSpace(FeatureReader reader, std::span<const std::uint8_t> real, const ops::Device& device,
               const NeighbourCounts& counts = {});

  const FeatureReader& reader() const { return reader_; }      ///< What reads images.
  const Readings& real() const { return real_; }               ///< The real images.
  const FrechetDistance& frechet() const { return frechet_; }  ///< From the real images.
  /// Of features and the real images'.
  Neighbourhood neighbourhood(const Features& generated) const;

 private:
  const ops::Device& device_;
  NeighbourCounts counts_;
  FeatureReader reader_;
  Readings real_;
  FrechetDistance frechet_;
  Points points_;
  Radii radii_;
};

}  // namespace ganymede::eval
