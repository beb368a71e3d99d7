#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A sweep: many runs of one program, which differ in their settings and seeds.
namespace ganymede::sweep {

inline constexpr std::int64_t most_runs = 10'000;  ///< The largest number of runs of a sweep.

/// A name or an array of names.
struct Names {
  std::vector<std::string> all;
};

/// The seeds of every setting: an array, or their number for 1, 2, ...
struct Seeds {
  std::vector<std::int64_t> values;
};

/// Settings of a recipe as train::parse_recipe() takes them: "objective.loss=\"hinge\"".
struct Settings {
  std::vector<std::string> assignments;
};

/// Numbers to draw from.
struct Range {
  double low = 0.0;    ///< the least
  double high = 0.0;   ///< the largest
  bool log = false;    ///< draw uniformly on a logarithmic scale
  bool whole = false;  ///< draw whole numbers, since both ends are
};

/// A setting of the recipe, or several that are equal, with its values.
struct Axis {
  std::vector<std::string> keys;    ///< "objective.loss"
  std::vector<std::string> values;  ///< as TOML
  std::optional<Range> range;       ///< in place of values
};

/// The axes of a grid, in the order of the file.
struct Grid {
  std::vector<Axis> axes;
};

/// Settings that belong together.
struct Variant {
  std::string name;
  Settings settings;
};
/// The variants, in the order of the file.
struct Variants {
  std::vector<Variant> all;
};

/// How long a worker may work: "90 s", "45m", "1h30m".
struct Budget {
  std::optional<double> seconds;
};

/// What a sweep's file says.
struct Description {
  std::string where;             ///< the file, as errors name it
  Names recipe;                  ///< names or files; each is tried with every setting
  std::int64_t epochs = 0;       ///< of every run; 0: the recipe's
  std::int64_t steps = 0;        ///< of every run, in place of epochs; 0: as the epochs say
  Seeds seeds{{1, 2, 3, 4, 5}};  ///< each setting is trained with each
  Settings set;                  ///< of all runs
  Variants variants;             ///< each is tried with every point of the grid
  Grid grid;                     ///< every combination is tried
  std::int64_t samples = 0;      ///< so many combinations, drawn at random; 0: all of them
  std::int64_t sample_seed = 0;  ///< of that draw
  std::string rank_by;           ///< a score as `ganymede eval --json` names it; empty: the usual one
  Names columns;                 ///< of the table, more scores
  std::string classifier;        ///< a file to measure scores with; empty: the data set's
  Budget budget;                 ///< of each worker
  std::string out;               ///< the directory of the runs; empty: runs/NAME of the file

  /// Where the runs are.
  std::filesystem::path directory() const;
};

/// Reads a sweep's TOML; `where` names it in errors. Throws Error(configuration) for bad TOML, unknown keys
/// and values that do not fit. Whether the recipes take the settings is found out by prepare().
Description parse_description(std::string_view toml, const std::string& where);

/// The same of a file.
Description read_description(const std::filesystem::path& file);

/// The seconds that `text` says: "90 s", "45m", "1h30m", "2 d". Throws Error(configuration) about `where`.
double parse_duration(std::string_view text, const std::string& where);

}  // namespace ganymede::sweep
