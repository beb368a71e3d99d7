#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "artifacts/generator_file.h"

namespace ganymede::cli {

/// The flags of `ganymede sample`.
struct SampleOptions {
  std::string source;  ///< a run or a file
  std::optional<std::int64_t> count;
  std::optional<std::string> grid;
  std::optional<std::string> class_name;
  std::optional<std::int64_t> seed;
  std::optional<double> temperature;
  std::optional<std::int64_t> interpolate;
  std::string animate;
  std::string out = "samples.png";
};

/// What to draw: `count` images, `columns` per row.
struct SampleLayout {
  std::int64_t count = 0;
  std::int64_t columns = 0;
};

/// `default_rows` and `default_columns` apply without flags. Throws Error(usage) for an invalid grid.
SampleLayout layout_of(const SampleOptions& options, std::int64_t default_rows, std::int64_t default_columns);

/// The label for --class, by number or by name; nothing without the flag. Throws Error(usage) for an unknown
/// class and for a generator without labels.
std::optional<std::int64_t> label_of(const SampleOptions& options,
                                     const artifacts::SavedGenerator& generator);

}  // namespace ganymede::cli
