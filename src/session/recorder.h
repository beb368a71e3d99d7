#pragma once

#include "io/files/file.h"
#include "runs/run_directory.h"
#include "scores/scoring.h"
#include "session/observer.h"
#include "session/pace.h"
#include "session/snapshots.h"
#include "train/trainer.h"

namespace ganymede::session {

/// Turns a trainer's events into metrics.jsonl, samples, checkpoints and scores, and reports them to an
/// observer.
class Recorder {
 public:
  /// All but the recipe must outlive it; `scoring` may be null.
  Recorder(const runs::RunDirectory& run, const train::Recipe& recipe, Snapshots& snapshots,
           scores::Scoring* scoring, const Observer& observer);

  void record(const train::Event& event);
  /// Writes the checkpoint at the end of an epoch that has one. Call it after all other subscribers: a
  /// resumed run continues after its checkpoint and does not repeat their work.
  void finish(const train::Event& event, std::int64_t last_good_step);
  /// Writes the checkpoint of the current step as Snapshots::write_checkpoint() does, once metrics.jsonl is
  /// stored.
  void keep_checkpoint(std::int64_t last_good_step);
  /// Excludes the time since the last event from the measured speed.
  void leave_out_pause() { pace_.leave_out(); }

 private:
  void record(const train::StepFinished& event);
  void record(const train::IntervalFinished& event);
  void record(const train::EpochFinished& event);
  void score(const train::Position& position);

  runs::RunDirectory run_;
  train::OutputSettings output_;
  std::int64_t batch_size_;
  Snapshots& snapshots_;
  scores::Scoring* scoring_;
  Pace pace_;
  io::AppendFile metrics_;
  const Observer& observer_;
};

}  // namespace ganymede::session
