#include "scores/scoring.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <system_error>
#include <vector>

#include "artifacts/checkpoint.h"
#include "base/host.h"
#include "data/stacking.h"
#include "data/test_split.h"
#include "io/files/file.h"
#include "io/files/json.h"
#include "runs/metrics_file.h"
#include "scores/evaluation.h"

namespace ganymede::scores {

namespace {

constexpr eval::EvaluationSettings settings = {.resamples = 0, .seed = Scoring::seed};

std::string without_stacks(const std::string& data) {
  return std::string(data::digits_of(data).value_or(data));
}

/// The score that selects the best generator; lower is better.
double headline_in(const eval::Scores& scores) {
  return scores.frechet_distance.value;
}
double headline_in(const eval::StackedScores& scores) {
  return scores.divergence.value;
}
const char* headline_key(const eval::Scores&) {
  return "frechet_distance";
}
const char* headline_key(const eval::StackedScores&) {
  return "divergence";
}
/// Of the same score of real images.
const char* floor_key_of(const eval::Scores&) {
  return "frechet_distance_floor";
}
const char* floor_key_of(const eval::StackedScores&) {
  return "divergence_floor";
}

std::string in_words(const eval::Scores& scores, double floor, std::string_view best) {
  return fmt::format("Fréchet distance (not FID) {:.2f}{}, floor {:.2f}  precision {:.3f}  recall {:.3f}",
                     scores.frechet_distance.value, best, floor, scores.precision.value, scores.recall.value);
}
std::string in_words(const eval::StackedScores& scores, double floor, std::string_view best) {
  return fmt::format("KL {:.4f}{}, floor {:.4f}  {} modes", scores.divergence.value, best, floor,
                     scores.modes.value);
}

std::string in_short(const eval::Scores& scores, double floor) {
  return fmt::format("Fréchet {:.2f} (floor {:.2f})", scores.frechet_distance.value, floor);
}
std::string in_short(const eval::StackedScores& scores, double floor) {
  return fmt::format("KL {:.3f} (floor {:.3f})", scores.divergence.value, floor);
}

/// Makes training images those to compare with: the images to test with have no part in choosing a generator.
void hold_out_some(data::Dataset& dataset) {
  constexpr std::int64_t usual_count = 10'000;
  constexpr std::int64_t part = 6;
  const auto all = static_cast<std::int64_t>(dataset.train.count());
  const std::int64_t count =
      std::clamp(all / part, std::min(eval::Evaluator::fewest_images, all / 2), usual_count);
  data::hold_out(dataset, {.held_out = count});
}

/// The score `key` of real images in the file of the protocol, if it has that.
std::optional<double> floor_in(const std::filesystem::path& file, const char* key) {
  constexpr std::size_t largest_protocol = 1 << 20;
  if (std::error_code ignored; !std::filesystem::exists(file, ignored)) {
    return std::nullopt;
  }
  const auto json = io::parse_foreign(io::read_text(file, largest_protocol));
  try {
    return json.at("floor").at(key).get<double>();
  } catch (const nlohmann::ordered_json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

Scoring::Scoring(const train::Recipe& recipe, const data::Dataset& training_data,
                 const std::filesystem::path& classifier_file,
                 const std::function<void(std::string_view)>& say)
    : instruments_(training_data.test.count() > 0
                       ? Instruments(training_data, recipe.images, classifier_file, say)
                       : Instruments(without_stacks(recipe.data), recipe.images, classifier_file, say)),
      best_(std::numeric_limits<double>::infinity()) {
  if (data::digits_of(recipe.data)) {
    scores_ = eval::StackedScores();
  } else {
    if (recipe.images.held_out == 0) {
      hold_out_some(instruments_.dataset);
      compared_with_ = "training images";
    } else {
      compared_with_ = "held-out images";
    }
    evaluator_.emplace(eval::Readers{.main = instruments_.reader()},
                       eval::Reference{view(instruments_.dataset.test), view(instruments_.dataset.train)},
                       settings, instruments_.device);
  }
}

std::int64_t Scoring::image_count() const {
  constexpr std::int64_t usual_count = 10'000;
  return evaluator_ ? usual_count : eval::stacked_image_count;
}

void Scoring::score(const train::Position& position, const ImageSet& images) {
  position_ = position;
  if (evaluator_) {
    scores_ = evaluator_->evaluate(images.pixels, images.labels).scores;
  } else {
    scores_ = eval::score_stacks(instruments_.classifier->classifier, images.pixels, settings);
  }
  const double value = headline();
  // The step of the best score is repeated if the run was killed before its checkpoint.
  is_best_ = value < best_ || (value == best_ && position.step == best_step_);
  if (is_best_) {
    best_ = value;
    best_step_ = position.step;
  }
}

double Scoring::headline_of(const AnyScores& of) {
  return std::visit([](const auto& scores) { return headline_in(scores); }, of);
}

std::string Scoring::line(std::string_view event) const {
  std::string line = runs::begin_metrics_line(position_, event);
  for_each([&](const eval::ScoreInfo& info, const eval::Estimate& estimate) {
    line += fmt::format(", \"{}\": {}", info.key, estimate.value);
  });
  return line + "}";
}

std::string_view Scoring::floor_key() const {
  return std::visit([](const auto& scores) { return std::string_view(floor_key_of(scores)); }, scores_);
}

Scoring::AnyScores Scoring::floor() {
  if (evaluator_) {
    return evaluator_->floor(image_count()).scores;
  }
  const std::vector<std::uint8_t> real = eval::stack(view(instruments_.dataset.train), image_count(), seed);
  return eval::score_stacks(instruments_.classifier->classifier, real, settings);
}

void Scoring::follow_protocol(const runs::RunDirectory& run) {
  if (headline_floor_) {
    return;
  }
  const char* key = std::visit([](const auto& scores) { return headline_key(scores); }, scores_);
  headline_floor_ = floor_in(run.scores_protocol(), key);
  if (!headline_floor_) {
    const AnyScores real = floor();
    headline_floor_ = headline_of(real);
    io::write_file(run.scores_protocol(), protocol(real));
  }
}

std::string Scoring::protocol(const AnyScores& real_images) const {
  Yardstick real = yardstick_of(instruments_);
  real.compared_with = compared_with_;
  nlohmann::ordered_json json = {{"count", image_count()}, {"seed", seed}};
  json.update(to_json(real));
  json["floor"] = nlohmann::ordered_json::object();
  if (!real.classifier) {
    json["features"] = real.features;
  }
  for_each(real_images, [&](const eval::ScoreInfo& info, const eval::Estimate& estimate) {
    json["floor"][std::string(info.key)] = estimate.value;
  });
  return json.dump(2) + "\n";
}

std::string Scoring::summary() const {
  return std::visit(
      [&](const auto& scores) { return in_words(scores, floor_beside(), is_best_ ? " (best)" : ""); },
      scores_);
}

std::string Scoring::status() const {
  return std::visit([&](const auto& scores) { return in_short(scores, floor_beside()); }, scores_);
}

void Scoring::resume(const runs::RunDirectory& run) {
  const auto best = artifacts::open_best(run);
  if (!best) {
    return;
  }
  const char* key = std::visit([](const auto& scores) { return headline_key(scores); }, scores_);
  const std::optional<double> score =
      best->info().score ? best->info().score : runs::lowest_metric(run.metrics(), key);
  best_ = score.value_or(best_);
  best_step_ = best->info().step;
}

}  // namespace ganymede::scores
