#pragma once

#include <optional>

#include "base/error.h"
#include "io/files/tensorboard.h"
#include "runs/run_directory.h"
#include "scores/scoring.h"
#include "session/observer.h"
#include "train/trainer.h"

namespace ganymede::session {

/// Follows a trainer's events into the run's file for TensorBoard: the metrics of every interval, and after
/// every epoch the sheet of samples and the scores, where there are such, and histograms of both networks'
/// weights and last gradients. The file is optional: if it cannot be written, a warning is given once and the
/// run continues without it.
class EventLog {
 public:
  /// `trainer`, `observer` and `scoring`, which may be null, must outlive it.
  EventLog(const runs::RunDirectory& run, const train::Recipe& recipe, train::Trainer& trainer,
           const scores::Scoring* scoring, const Observer& observer);

  void record(const train::Event& event);

 private:
  void begin(const train::Recipe& recipe);
  void give_up(const base::Error& error);
  void record(const train::StepFinished&) {}
  void record(const train::IntervalFinished& event);
  void record(const train::EpochFinished& event);
  void add_sample(std::int64_t step, std::int64_t epoch);
  void add_scores(std::int64_t step);
  void add_histograms(std::int64_t step, train::Network& network);

  runs::RunDirectory run_;
  train::Trainer& trainer_;
  const scores::Scoring* scoring_;
  const Observer& observer_;
  std::optional<io::EventFile> file_;  // nothing after a failure to write
};

}  // namespace ganymede::session
