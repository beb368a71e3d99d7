#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "scores/scoring.h"
#include "session/pace.h"
#include "train/trainer.h"

namespace ganymede::cli {

/// Shows a run's progress: on a terminal a line that is updated ten times a second, elsewhere one line per
/// epoch.
class Progress {
 public:
  Progress(Console& console, const train::Recipe& recipe)
      : console_(console), batch_size_(recipe.training.batch_size), since_shown_(no_metrics(recipe)) {}

  void show_step(const train::StepFinished& event, const session::Pace& pace);
  void show_epoch(const train::EpochFinished& event, const session::Pace& pace);
  /// Shows a generator's scores; the status line keeps them until the next ones.
  void show_scores(const train::Position& position, const scores::Scoring& scoring);

 private:
  Console& console_;
  std::int64_t batch_size_;
  std::string scores_;
  train::MetricsMean since_shown_;
  std::chrono::steady_clock::time_point shown_;
};

/// The first fields that fit into `width` columns; a progress bar fills the rest. `scores`, if not empty, are
/// a field of their own.
std::string status_line(const train::Position& position, const train::StepMetrics& metrics,
                        std::string_view scores, const session::Pace& pace, std::int64_t batch_size,
                        int width);

}  // namespace ganymede::cli
