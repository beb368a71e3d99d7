#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "scores/scoring.h"
#include "session/pace.h"
#include "train/trainer.h"

namespace ganymede::cli {

/// Shows how a run goes: on a terminal a line that changes ten times a second, elsewhere one line for each
/// epoch.
class Progress {
 public:
  Progress(Console& console, const train::Recipe& recipe)
      : console_(console), batch_size_(recipe.training.batch_size), since_shown_(no_metrics(recipe)) {}

  void show_step(const train::StepFinished& event, const session::Pace& pace);
  void show_epoch(const train::EpochFinished& event, const session::Pace& pace);
  /// Shows what a generator scored; the line that changes keeps it until the next time.
  void show_scores(const train::Position& position, const scores::Scoring& scoring);

 private:
  Console& console_;
  std::int64_t batch_size_;
  std::string scores_;
  train::MetricsMean since_shown_;
  std::chrono::steady_clock::time_point shown_;
};

/// The fields of the line as far as they fit `width` columns, first come first; a bar takes the room that is
/// left. `scores`, if not empty, are a field of their own.
std::string status_line(const train::Position& position, const train::StepMetrics& metrics,
                        std::string_view scores, const session::Pace& pace, std::int64_t batch_size,
                        int width);

}  // namespace ganymede::cli
