#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "io/files/file.h"
#include "runs/run_directory.h"
#include "session/examiner.h"
#include "session/observer.h"
#include "train/doctor/doctor.h"
#include "train/trainer.h"

namespace ganymede::session {

/// Passes a trainer's events to a doctor. Writes verdicts to the observer and to metrics.jsonl, and
/// examinations of samples to metrics.jsonl.
class AttendingDoctor {
 public:
  /// Replays the run's metrics.jsonl to the doctor. `observer` must outlive it.
  AttendingDoctor(const runs::RunDirectory& run, const train::Recipe& recipe, Examiner examiner,
                  const Observer& observer);

  void record(const train::Event& event);

  /// The last explosion that was found; nothing while there was none.
  const std::optional<train::Finding>& explosion() const { return explosion_; }
  /// The finding after an Error(diverged) has ended the training at `position`.
  train::Finding diagnose(const train::Position& position);
  /// See train::Doctor::last_good_step().
  std::int64_t last_good_step() const { return doctor_.last_good_step(); }

 private:
  void record(const train::StepFinished&) {}
  void record(const train::IntervalFinished& event);
  void record(const train::EpochFinished& event);
  void tell(const train::Position& position, const std::vector<train::Finding>& findings);

  Examiner examiner_;
  const Observer& observer_;
  io::AppendFile metrics_;
  train::Doctor doctor_;
  std::optional<train::Finding> explosion_;
};

}  // namespace ganymede::session
