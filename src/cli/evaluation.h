#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "artifacts/instruments.h"
#include "eval/scores.h"

namespace ganymede::cli {

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
std::string as_table(const EvaluationReport& report, const artifacts::Instruments& instruments);
std::string as_json(const EvaluationReport& report, const artifacts::Instruments& instruments);

}  // namespace ganymede::cli
