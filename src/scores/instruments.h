#pragma once

#include <filesystem>
#include <string>

#include "artifacts/classifier_file.h"
#include "data/dataset.h"
#include "eval/evaluator.h"
#include "ops/device.h"

namespace ganymede::scores {

/// What is needed to score images. Each part refers to those before it.
struct Instruments {
  data::Dataset dataset;                  ///< the real images
  ops::Device device;                     ///< computes the features
  artifacts::SavedClassifier classifier;  ///< reads images

  /// `classifier_file` may be empty: then the one of the data set. Throws as data::open_data() and
  /// artifacts::open_classifier() do.
  Instruments(const std::string& data, const std::filesystem::path& classifier_file);
};

/// The images and labels of a split that has no stacks.
eval::LabelledImages view(const data::Split& split);

}  // namespace ganymede::scores
