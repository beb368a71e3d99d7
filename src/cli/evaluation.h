#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "cli/classifier_file.h"
#include "data/dataset.h"
#include "eval/evaluator.h"

namespace ganymede::cli {

/// Everything that measures images against a data set: the parts refer to those before them.
struct Measuring {
  data::Dataset dataset;
  ops::Device device;
  SavedClassifier classifier;
  eval::Evaluator evaluator;

  /// `classifier_file` may be empty: then the one of the data set. Throws as open_data() and
  /// open_classifier() do.
  Measuring(const std::string& data, const std::filesystem::path& classifier_file,
            const eval::EvaluationSettings& settings);
};

/// What an evaluation measured and by what, for a table and for JSON.
struct EvaluationReport {
  std::string images;  ///< what was measured
  eval::Evaluation evaluation;
  eval::Evaluation floor;
  std::uint64_t seed = 0;
  double seconds = 0.0;  ///< for everything
};
std::string evaluation_table(const EvaluationReport& report, const Measuring& measuring);
std::string evaluation_json(const EvaluationReport& report, const Measuring& measuring);

}  // namespace ganymede::cli
