#pragma once

#include "cli/console.h"
#include "cli/pace.h"
#include "cli/progress.h"
#include "cli/run_directory.h"
#include "cli/scoring.h"
#include "cli/snapshots.h"
#include "io/file.h"
#include "train/trainer.h"

namespace ganymede::cli {

/// What follows from a trainer's events: the progress, metrics.jsonl, samples, checkpoints and, if wanted,
/// the same lines as JSON on standard output.
class Recorder {
 public:
  /// `console`, `snapshots` and `scoring`, which may be null, must outlive it.
  Recorder(const RunDirectory& run, const train::Recipe& recipe, Snapshots& snapshots, Scoring* scoring,
           Console& console, bool json);

  void record(const train::Event& event);
  /// Leaves the time since the last event out of the measured speed.
  void leave_out_pause() { pace_.leave_out(); }

 private:
  void record(const train::StepFinished& event);
  void record(const train::IntervalFinished& event);
  void record(const train::EpochFinished& event);
  void score(const train::Position& position);

  RunDirectory run_;
  train::OutputSettings output_;
  std::int64_t batch_size_;
  Snapshots& snapshots_;
  Scoring* scoring_;
  Pace pace_;
  Progress progress_;
  io::AppendFile metrics_;
  bool json_;
};

}  // namespace ganymede::cli
