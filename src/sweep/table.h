#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sweep/standing.h"

namespace ganymede::sweep {

/// Of several numbers. A quartile between two numbers is interpolated, as NumPy's percentile() does.
struct Quartiles {
  double lower = 0.0;   ///< above a quarter of the numbers
  double median = 0.0;  ///< above half of them
  double upper = 0.0;   ///< above three quarters
};
/// The quartiles of one number at least; infinities may be among them.
Quartiles quartiles(std::vector<double> values);

/// A setting in the table.
struct Row {
  std::string label;
  std::int64_t runs = 0;      ///< of the setting
  std::int64_t finished = 0;  ///< of them
  std::int64_t diverged = 0;  ///< of them
  /// Of each column, over the runs that have ended; a diverged one counts as worse than any number. Nothing
  /// where no run has the score.
  std::vector<std::optional<Quartiles>> scores;
};

/// The settings, the best by the first column first; those without a score last, in the order of the file.
struct Table {
  std::vector<eval::ScoreInfo> columns;
  std::vector<Row> rows;
};
Table make_table(const Plan& plan, const std::vector<Standing>& standings);

std::string as_text(const Table& table);      ///< For a terminal.
std::string as_markdown(const Table& table);  ///< For documents.
/// For programs: {"columns": [...], "settings": [{"setting", "runs", "finished", "diverged", "scores": {NAME:
/// {"median", "lower_quartile", "upper_quartile"}}}]}, null where a diverged run decides.
std::string as_json(const Table& table);
/// A line for each run: its name, setting, recipe, overrides, seed, state, step and scores.
std::string as_csv(const Plan& plan, const std::vector<Standing>& standings);

/// Writes sweep.md, the table, and results.csv, the runs, into the sweep's directory. Throws Error(file).
void write_tables(const Plan& plan, const std::vector<Standing>& standings);

}  // namespace ganymede::sweep
