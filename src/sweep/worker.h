#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "session/session.h"
#include "sweep/standing.h"

namespace ganymede::sweep {

/// Which of the workers that were started together this is.
struct Place {
  std::int64_t worker = 0;   ///< from 0
  std::int64_t workers = 1;  ///< started together
  /// Whether they end together: one that has nothing left to do waits for runs of the others, and takes over
  /// those of killed ones.
  bool together = false;
};

/// The place of this process among those that an MPI launcher or a Slurm array started.
Place place_of_process();

/// A run that a worker is on.
struct Work {
  const Run& run;
  std::int64_t over = 0;  ///< runs of the sweep that have ended
  std::int64_t all = 0;   ///< runs of the sweep
};

/// How a run left a worker.
enum class Leaving { finished, diverged, stopped, failed };

/// The callbacks of a worker, all on its own thread. The default does nothing.
struct Observer {
  std::function<void(const Work&, bool resumed)> begins = [](const auto&, bool) {};
  /// What the run's session tells: on data, classifiers and checkpoints.
  std::function<void(std::string_view)> say = [](std::string_view) {};
  std::function<void(const Work&, std::string_view)> warn = [](const auto&, std::string_view) {};
  std::function<void(const Work&, const train::StepFinished&, const session::Pace&)> step =
      [](const auto&, const auto&, const auto&) {};
  /// After a run; `over` counts it if it has ended. `why` is an error's text, empty without one.
  std::function<void(const Work&, Leaving, const Standing&, std::string_view why)> ends =
      [](const auto&, Leaving, const auto&, std::string_view) {};
  /// Nothing is left but what other workers are on.
  std::function<void(std::int64_t over, std::int64_t all)> waits = [](std::int64_t, std::int64_t) {};
};

/// A run that could not be trained.
struct Failure {
  std::string run;
  base::Error error;
};

/// Why a worker ended.
struct WorkEnd {
  bool stopped = false;           ///< it was asked to
  bool out_of_budget = false;     ///< its time was over
  std::vector<Failure> failures;  ///< runs that it could not train
};

/// Works on a sweep: takes the next run that is neither over nor another worker's, trains it from its newest
/// checkpoint or from the start, and so on, until nothing is left for it, its budget is used up or `stop` is
/// requested; then the run under way has a checkpoint. Workers need to have nothing in common but the
/// directory: a run is taken by a lock in it, which the system releases when a process ends. After each run
/// the tables of write_tables() are written. A run that cannot be trained does not end the worker. Throws as
/// read_standing() does, and Error(file) if the directory cannot be written.
WorkEnd work(const Plan& plan, const Place& place, const std::stop_token& stop, const Observer& observer);

}  // namespace ganymede::sweep
