#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "cli/classifier_file.h"
#include "data/dataset.h"
#include "eval/evaluator.h"
#include "eval/stacked.h"

namespace ganymede::cli {

/// What images are read with. The parts refer to those before them.
struct Instruments {
  data::Dataset dataset;
  ops::Device device;
  SavedClassifier classifier;

  /// `classifier_file` may be empty: then the one of the data set. Throws as open_data() and
  /// open_classifier() do.
  Instruments(const std::string& data, const std::filesystem::path& classifier_file);
};

eval::LabelledImages view(const data::Split& split);

/// An evaluation for people and for programs.
struct EvaluationReport {
  std::string images;  ///< what was measured
  eval::Evaluation evaluation;
  eval::Evaluation floor;
  std::uint64_t seed = 0;
};
std::string as_table(const EvaluationReport& report, const Instruments& instruments);
std::string as_json(const EvaluationReport& report, const Instruments& instruments);

/// The same for stacked images.
struct StackedReport {
  std::string images;
  std::int64_t count = 0;
  eval::StackedScores scores;
  eval::StackedScores floor;
  std::uint64_t seed = 0;
};
std::string as_table(const StackedReport& report, const Instruments& instruments);
std::string as_json(const StackedReport& report, const Instruments& instruments);

}  // namespace ganymede::cli
