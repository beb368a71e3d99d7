#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "cli/console.h"
#include "cli/run_directory.h"
#include "cli/scoring.h"
#include "cli/signals.h"
#include "cli/snapshots.h"
#include "cli/train_options.h"
#include "data/dataset.h"
#include "ops/device.h"
#include "train/trainer.h"

namespace ganymede::cli {

/// Everything that trains: the parts refer to those before them.
struct Training {
  train::Recipe recipe;
  std::shared_ptr<const data::Dataset> dataset;
  ops::Device device;
  train::Trainer trainer;
  Snapshots snapshots;
  std::optional<Scoring> scoring;

  /// `classifier_file` is what Scoring takes, where the recipe asks for scores.
  Training(train::Recipe with, std::shared_ptr<const data::Dataset> on, std::optional<std::int64_t> steps,
           const std::filesystem::path& classifier_file)
      : recipe(std::move(with)),
        dataset(std::move(on)),
        trainer(recipe, *dataset, device, steps),
        snapshots(recipe, *dataset, trainer, device) {
    if (recipe.output.eval_every_epochs > 0) {
      scoring.emplace(recipe, classifier_file);
    }
  }
};

/// Says what is about to run, before the data is read and the kernels are compiled.
void announce(Console& console, const std::string& what, const train::Recipe& recipe);
/// Says how large the run is and where.
void announce(Console& console, const Training& training, const RunDirectory& run);

/// Trains to the end or until a signal, writes down everything, and returns the exit code. Where training
/// diverges and the options say so, goes on from an earlier checkpoint; see roll_back().
int carry_out(std::unique_ptr<Training> training, const RunDirectory& run, const StopOnSignal& signals,
              const TrainOptions& options, Console& console);

}  // namespace ganymede::cli
