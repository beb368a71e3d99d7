#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "data/dataset.h"
#include "ops/device.h"
#include "scores/scoring.h"
#include "session/parts.h"
#include "session/snapshots.h"
#include "train/trainer.h"

namespace ganymede::session {

/// Everything that training needs; each part refers to those before it.
struct Training {
  train::Recipe recipe;                          ///< what is trained
  std::shared_ptr<const data::Dataset> dataset;  ///< the real images
  ops::Device device;                            ///< computes everything
  train::Trainer trainer;                        ///< takes the steps
  Snapshots snapshots;                           ///< writes samples, checkpoints and generators
  std::optional<scores::Scoring> scoring;        ///< where the recipe asks for scores

  /// `classifier_file` and `say` are what Scoring takes, where the recipe asks for scores. `parts`, where the
  /// training has several, learn of it here.
  Training(train::Recipe with, std::shared_ptr<const data::Dataset> on, std::optional<std::int64_t> steps,
           const std::filesystem::path& classifier_file, const std::function<void(std::string_view)>& say,
           Parts* parts = nullptr)
      : recipe(std::move(with)),
        dataset(std::move(on)),
        trainer(recipe, *dataset, device, steps, begin(parts, recipe, dataset, steps)),
        snapshots(recipe, *dataset, trainer, device) {
    if (recipe.output.eval_every_epochs > 0) {
      scoring.emplace(recipe, *dataset, classifier_file, say);
    }
  }

 private:
  static dist::Part begin(Parts* parts, const train::Recipe& recipe,
                          const std::shared_ptr<const data::Dataset>& dataset,
                          std::optional<std::int64_t> steps) {
    if (parts == nullptr) {
      return {};
    }
    parts->begin(recipe, dataset, steps);
    return parts->first();
  }
};

}  // namespace ganymede::session
