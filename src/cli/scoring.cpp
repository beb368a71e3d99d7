#include "cli/scoring.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/host.h"
#include "cli/metrics_file.h"

namespace ganymede::cli {

Scoring::Scoring(const train::Recipe& recipe, const std::filesystem::path& classifier_file)
    : instruments_(recipe.data, classifier_file),
      evaluator_(instruments_.classifier.classifier,
                 {view(instruments_.dataset.test), view(instruments_.dataset.train)},
                 {.resamples = 0, .seed = seed}, instruments_.device),
      best_(std::numeric_limits<double>::infinity()) {}

void Scoring::score(const train::Position& position, const ImageSet& images) {
  position_ = position;
  scores_ = evaluator_.evaluate(images.pixels, images.labels).scores;
  is_best_ = scores_.frechet_distance.value < best_;
  best_ = std::min(best_, scores_.frechet_distance.value);
}

std::string Scoring::line(std::string_view event) const {
  std::string line = begin_metrics_line(position_, event);
  for_each_score(scores_, [&](const eval::ScoreInfo& info, const eval::Estimate& estimate) {
    if (std::isfinite(estimate.value)) {
      line += fmt::format(", \"{}\": {}", info.key, estimate.value);
    }
  });
  return line + "}";
}

std::string Scoring::summary() const {
  return fmt::format("Fréchet distance {:.2f}{}  precision {:.3f}  recall {:.3f}",
                     scores_.frechet_distance.value, is_best_ ? " (best)" : "", scores_.precision.value,
                     scores_.recall.value);
}

std::string Scoring::status() const {
  return fmt::format("FD {:.2f}", scores_.frechet_distance.value);
}

void Scoring::resume(const std::filesystem::path& metrics) {
  best_ = lowest_metric(metrics, "frechet_distance").value_or(best_);
}

}  // namespace ganymede::cli
