#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/classifier_file.h"
#include "data/dataset.h"
#include "eval/evaluator.h"
#include "eval/scores.h"

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

/// By what a classifier can be told from others: its accuracy, its file's SHA-256, its layer of features.
nlohmann::ordered_json describe(const SavedClassifier& classifier);

/// A score of images beside that of the floor.
struct ScoreRow {
  eval::ScoreInfo info;
  eval::Estimate estimate;
  double floor = 0.0;
};

template <class AnyScores>
std::vector<ScoreRow> rows_of(const AnyScores& scores, const AnyScores& floor) {
  std::vector<ScoreRow> rows;
  for_each_score(scores, [&](const eval::ScoreInfo& info, const eval::Estimate& estimate) {
    rows.push_back({info, estimate});
  });
  auto row = rows.begin();
  for_each_score(floor, [&](const eval::ScoreInfo&, const eval::Estimate& estimate) {
    (row++)->floor = estimate.value;
  });
  return rows;
}

/// An evaluation for people and for programs.
struct EvaluationReport {
  std::string images;  ///< what was measured
  std::int64_t count = 0;
  std::uint64_t seed = 0;
  std::vector<ScoreRow> rows;
  std::string floor;                 ///< what the floor's numbers are of
  std::vector<double> label_shares;  ///< by class, as the classifier reads them; may be empty
  std::string note = {};             ///< on what is missing from the rows; may be empty
};
std::string as_table(const EvaluationReport& report, const Instruments& instruments);
std::string as_json(const EvaluationReport& report, const Instruments& instruments);

}  // namespace ganymede::cli
