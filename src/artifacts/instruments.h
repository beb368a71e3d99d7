#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string>

#include "artifacts/classifier_file.h"
#include "data/dataset.h"
#include "eval/evaluator.h"
#include "ops/device.h"

namespace ganymede::artifacts {

/// What images are read with. The parts refer to those before them.
struct Instruments {
  data::Dataset dataset;
  ops::Device device;
  SavedClassifier classifier;

  /// `classifier_file` may be empty: then the one of the data set. Throws as data::open_data() and
  /// open_classifier() do.
  Instruments(const std::string& data, const std::filesystem::path& classifier_file);
};

eval::LabelledImages view(const data::Split& split);

/// By what a classifier can be told from others: its accuracy, its file's SHA-256, its layer of features.
nlohmann::ordered_json describe(const SavedClassifier& classifier);

}  // namespace ganymede::artifacts
