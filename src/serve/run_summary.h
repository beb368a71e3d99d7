#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace ganymede::serve {

/// A score of a run and of real images by the same protocol.
struct SummaryScore {
  std::optional<double> value;  ///< the newest; nothing before the first
  double floor = 0.0;           ///< of real images
};

/// What a list of runs tells of one. What is not known is empty or 0.
struct RunSummary {
  std::string recipe;  ///< its name
  std::string data;    ///< a name or path
  std::int64_t batch_size = 0;
  std::int64_t step = 0;                       ///< steps that are done
  std::int64_t total_steps = 0;                ///< where the run is to end; 0 before the first checkpoint
  double seconds = 0.0;                        ///< that the steps took
  std::map<std::string, SummaryScore> scores;  ///< by their names in metrics.jsonl
  bool trains = false;                         ///< whether a process trains it
  std::string resume;                          ///< the command that resumes it, if it has a checkpoint
};

}  // namespace ganymede::serve
