#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "eval/classifier.h"
#include "eval/features.h"
#include "eval/pixel_components.h"

namespace ganymede::eval {

/// What turns images into features, and into probabilities of labels where it knows any.
struct FeatureReader {
  base::Shape image;                                            ///< [height, width, channels]
  std::int64_t classes = 0;                                     ///< 0: it knows no labels
  std::function<Readings(std::span<const std::uint8_t>)> read;  ///< as Classifier::read()
};

/// The features alone, in the memory of `readings`.
Features features_of(const Readings& readings);

/// Reads by a classifier, which must outlive the reader.
FeatureReader reader_of(Classifier& classifier);
/// Reads features alone, by components, which must outlive the reader.
FeatureReader reader_of(const PixelComponents& components);

}  // namespace ganymede::eval
