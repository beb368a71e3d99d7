#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "eval/stacked.h"
#include "runs/run_directory.h"
#include "scores/image_source.h"
#include "scores/instruments.h"
#include "train/recipe/recipe.h"
#include "train/trainer.h"

namespace ganymede::scores {

/// Scores a generator during training, without intervals, by the protocol of `ganymede eval`, for stacks by
/// that of Stacked MNIST. Compares with the images that the recipe holds out, or with some of the training
/// images where it holds none out: those to test with have no part in choosing a generator.
class Scoring {
 public:
  /// Measures against `training_data` if that has images to test with, else against the recipe's data, opened
  /// anew. `classifier_file` may be empty, as for Instruments, which tell `say` where they train a
  /// classifier. Throws as they do.
  Scoring(const train::Recipe& recipe, const data::Dataset& training_data,
          const std::filesystem::path& classifier_file, const std::function<void(std::string_view)>& say);

  /// The number of images to score.
  std::int64_t image_count() const;
  static constexpr std::uint64_t seed = 0;  ///< The seed of the latent points and of the evaluation.

  /// Scores the generator of `position` by its images.
  void score(const train::Position& position, const ImageSet& images);
  /// The last scores as a line for metrics.jsonl; `event`, if not empty, comes first as "event".
  std::string line(std::string_view event = {}) const;
  /// Reads the floor, the score of real training images by the same protocol, from the run's scores.json.
  /// Where that does not have it, measures it, which takes as long as a score, and writes the file: how
  /// scores are measured, as JSON. Throws Error(file). Comes before score().
  void follow_protocol(const runs::RunDirectory& run);
  /// Calls `visit` with the ScoreInfo and the Estimate of each of the last scores that is a number, and with
  /// the floor of the headline.
  template <class Visitor>
  void for_each(Visitor&& visit) const;
  /// The position of the last scores.
  const train::Position& position() const { return position_; }
  /// The last scores in words: "Fréchet distance (not FID) 3.21 (best), floor 0.25  precision 0.912  recall
  /// 0.855", or "KL 0.0412 (best), floor 0.0238  1000 modes"
  std::string summary() const;
  /// The last scores in short: "Fréchet 3.21 (floor 0.25)", "KL 0.041 (floor 0.024)"
  std::string status() const;

  /// Whether the last score is the best of the run, by Fréchet distance or by divergence.
  bool is_best() const { return is_best_; }
  /// The score that is_best() compares; lower is better.
  double headline() const { return headline_of(scores_); }
  /// Loads the best score of a resumed run: that of its best checkpoint or, if an earlier version wrote that
  /// without a score, the lowest in metrics.jsonl. Throws Error(file).
  void resume(const runs::RunDirectory& run);

 private:
  using AnyScores = std::variant<eval::Scores, eval::StackedScores>;

  template <class Visitor>
  static void for_each(const AnyScores& of, Visitor&& visit);
  static double headline_of(const AnyScores& of);
  AnyScores floor();
  std::string protocol(const AnyScores& real_images) const;
  std::string_view floor_key() const;
  double floor_beside() const { return headline_floor_.value_or(std::numeric_limits<double>::quiet_NaN()); }

  Instruments instruments_;
  std::optional<eval::Evaluator> evaluator_;  ///< where the images are no stacks
  std::string compared_with_ = "test images";
  train::Position position_;
  AnyScores scores_;
  std::optional<double> headline_floor_;  ///< of real images
  double best_;
  std::int64_t best_step_ = -1;
  bool is_best_ = false;
};

template <class Visitor>
void Scoring::for_each(const AnyScores& of, Visitor&& visit) {
  const auto visit_number = [&](const eval::ScoreInfo& info, const eval::Estimate& estimate) {
    if (std::isfinite(estimate.value)) {
      visit(info, estimate);
    }
  };
  std::visit([&](const auto& scores) { for_each_score(scores, visit_number); }, of);
}

template <class Visitor>
void Scoring::for_each(Visitor&& visit) const {
  for_each(scores_, visit);
  if (headline_floor_ && std::isfinite(*headline_floor_)) {
    visit(eval::ScoreInfo{floor_key(), "its floor"}, eval::Estimate{.value = *headline_floor_});
  }
}

}  // namespace ganymede::scores
