#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sweep/plan.h"

namespace ganymede::sweep {

/// How far a run is.
enum class State {
  waiting,     ///< not begun
  unfinished,  ///< begun, and nobody trains it
  running,     ///< a worker trains it
  finished,    ///< trained to its end and scored
  diverged     ///< ended by a loss that was not finite
};
/// "waiting", "unfinished", ...
std::string word(State state);

/// Where a run stands.
struct Standing {
  State state = State::waiting;
  std::int64_t step = 0;                 ///< of its newest checkpoint
  std::map<std::string, double> scores;  ///< of a finished run, by their names in files

  /// Whether no worker has anything to do for it.
  bool is_over() const { return state == State::finished || state == State::diverged; }
};

/// Reads the standing of a run from its directory; whether it is running is not looked at. Throws
/// Error(usage) where the run there is another one: it has other settings or another length.
Standing read_standing(const Plan& plan, const Run& run);

/// The standing of every run, in the order of the plan's; those that are over in `known`, earlier ones, are
/// not read again. Throws as read_standing() does.
std::vector<Standing> read_standings(const Plan& plan, std::vector<Standing> known = {});

/// How many have this state.
std::int64_t count(const std::vector<Standing>& standings, State state);

/// The directory whose lock says that a worker has the run, from before the run's directory exists.
runs::RunDirectory claim_of(const Plan& plan, const Run& run);
/// Makes a directory of a sweep, and those above it, where it is not there. Throws Error(file).
void make_directory(const std::filesystem::path& path);

}  // namespace ganymede::sweep
