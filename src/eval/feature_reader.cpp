#include "eval/feature_reader.h"

namespace ganymede::eval {

Features features_of(const Readings& readings) {
  return {readings.features, readings.feature_count};
}

FeatureReader reader_of(Classifier& classifier) {
  return {.image = classifier.image_shape(),
          .classes = classifier.classes(),
          .read = [&classifier](std::span<const std::uint8_t> images) { return classifier.read(images); }};
}

FeatureReader reader_of(const PixelComponents& components) {
  return {.image = components.image_shape(),
          .classes = 0,
          .read = [&components](std::span<const std::uint8_t> images) {
            return Readings{.feature_count = components.count(),
                            .features = components.read(images),
                            .probabilities = {}};
          }};
}

}  // namespace ganymede::eval
