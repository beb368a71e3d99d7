#pragma once

#include "cli/run_directory.h"
#include "cli/scoring.h"
#include "io/tensorboard.h"
#include "train/trainer.h"

namespace ganymede::cli {

/// Follows a trainer's events into the run's file for TensorBoard: the metrics of every interval, and after
/// every epoch the sheet of samples and the scores, where there are such, and histograms of both networks'
/// weights and last gradients.
class EventLog {
 public:
  /// `trainer` and `scoring`, which may be null, must outlive it.
  EventLog(const RunDirectory& run, const train::Recipe& recipe, train::Trainer& trainer,
           const Scoring* scoring);

  void record(const train::Event& event);

 private:
  void record(const train::StepFinished&) {}
  void record(const train::IntervalFinished& event);
  void record(const train::EpochFinished& event);
  void add_sample(std::int64_t step, std::int64_t epoch);
  void add_scores(std::int64_t step);
  void add_histograms(std::int64_t step, train::Network& network);

  RunDirectory run_;
  train::Trainer& trainer_;
  const Scoring* scoring_;
  io::EventFile file_;
};

}  // namespace ganymede::cli
