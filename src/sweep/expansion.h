#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sweep/description.h"

namespace ganymede::sweep {

/// What the runs of different seeds have in common.
struct Setting {
  std::string label;                   ///< in tables: "loss=hinge, learning_rate=0.0002"
  std::string name;                    ///< how its runs' names begin: "loss-hinge_learning_rate-0.0002"
  std::string recipe;                  ///< a name or a file
  std::vector<std::string> overrides;  ///< of it, as train::parse_recipe() takes them
};

/// A run of a setting.
struct Run {
  std::string name;         ///< of its directory, which follows from the setting and the seed alone
  std::size_t setting = 0;  ///< its place in Expansion::settings
  std::int64_t seed = 0;    ///< of all its random numbers
};

/// All runs of a sweep.
struct Expansion {
  std::vector<Setting> settings;  ///< in the order of the file, the last axis the fastest
  std::vector<Run> runs;          ///< the first seed of every setting, then the second, ...
};

/// What a description stands for. Throws Error(configuration) for more than most_runs runs, for samples that
/// are not there, and for settings that occur twice.
Expansion expand(const Description& description);

}  // namespace ganymede::sweep
