#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cli/console.h"
#include "cli/examiner.h"
#include "cli/json_output.h"
#include "cli/run_directory.h"
#include "cli/train_options.h"
#include "io/file.h"
#include "train/doctor.h"
#include "train/trainer.h"

namespace ganymede::cli {

/// Follows a trainer's events with a doctor: verdicts go to the console, to metrics.jsonl and, if wanted, as
/// the same lines to standard output; looks at samples to metrics.jsonl.
class AttendingDoctor {
 public:
  /// Lets the doctor know what the run's metrics.jsonl already holds. `console` and `json` must outlive
  /// it.
  AttendingDoctor(const RunDirectory& run, const train::Recipe& recipe, Examiner examiner, Console& console,
                  JsonOutput& json, OnDivergence on_divergence);

  /// Throws Error(diverged) at an explosion, if there is to be a rollback.
  void record(const train::Event& event);

  /// When an Error(diverged) has ended the training at `position`: what it ailed from, told unless it was.
  train::Finding diagnose(const train::Position& position);
  /// See train::Doctor::last_good_step().
  std::int64_t last_good_step() const { return doctor_.last_good_step(); }

 private:
  void record(const train::StepFinished&) {}
  void record(const train::IntervalFinished& event);
  void record(const train::EpochFinished& event);
  void tell(const train::Position& position, const std::vector<train::Finding>& findings);

  Examiner examiner_;
  Console& console_;
  io::AppendFile metrics_;
  JsonOutput& json_;
  OnDivergence on_divergence_;
  train::Doctor doctor_;
  std::optional<train::Finding> explosion_;  // that ended the training
};

}  // namespace ganymede::cli
