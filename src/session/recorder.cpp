#include "session/recorder.h"

#include <fmt/format.h>

#include <variant>

#include "runs/metrics_file.h"

namespace ganymede::session {

Recorder::Recorder(const runs::RunDirectory& run, const train::Recipe& recipe, Snapshots& snapshots,
                   scores::Scoring* scoring, const Observer& observer)
    : run_(run),
      output_(recipe.output),
      batch_size_(recipe.training.batch_size),
      snapshots_(snapshots),
      scoring_(scoring),
      metrics_(run.metrics()),
      observer_(observer) {}

void Recorder::record(const train::Event& event) {
  std::visit([this](const auto& happened) { record(happened); }, event);
}

void Recorder::record(const train::StepFinished& event) {
  pace_.count_step();
  observer_.step(event, pace_);
}

void Recorder::record(const train::IntervalFinished& event) {
  const double seconds = pace_.take_interval_seconds_a_step();
  metrics_.append_line(runs::metrics_line(event, seconds, batch_size_));
  observer_.line(runs::metrics_line(event, seconds, batch_size_, "interval"));
}

void Recorder::record(const train::EpochFinished& event) {
  const train::Position& position = event.position;
  const std::int64_t epoch = position.epoch();
  const bool last = position.step == position.total_steps;
  observer_.epoch(event, pace_);
  observer_.line(runs::metrics_line(event, pace_.seconds_a_step(), batch_size_));
  if (epoch % output_.samples_every_epochs == 0 || last) {
    snapshots_.write_sample(run_, epoch);
  }
  if (output_.generator_every_epochs > 0 && epoch % output_.generator_every_epochs == 0 &&
      position.at_epoch_end()) {
    snapshots_.keep_generator(run_, epoch);
  }
  if (scoring_ != nullptr && (epoch % output_.eval_every_epochs == 0 || last)) {
    score(position);
  }
}

void Recorder::finish(const train::Event& event, std::int64_t last_good_step) {
  const auto* end = std::get_if<train::EpochFinished>(&event);
  if (end == nullptr) {
    return;
  }
  const train::Position& position = end->position;
  if (position.epoch() % output_.checkpoint_every_epochs == 0 || position.step == position.total_steps) {
    keep_checkpoint(last_good_step);
  }
  pace_.count_pause();
}

void Recorder::keep_checkpoint(std::int64_t last_good_step) {
  metrics_.sync();
  snapshots_.write_checkpoint(run_, last_good_step);
}

void Recorder::score(const train::Position& position) {
  scoring_->follow_protocol(run_);
  scoring_->score(position, snapshots_.draw_images(scoring_->image_count(), scores::Scoring::seed));
  if (scoring_->is_best()) {
    snapshots_.keep_best(run_, scoring_->headline());
  }
  metrics_.append_line(scoring_->line());
  observer_.line(scoring_->line("scores"));
  observer_.scored(position, *scoring_);
}

}  // namespace ganymede::session
