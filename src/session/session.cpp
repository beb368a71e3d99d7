#include "session/session.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/number.h"
#include "base/threads/parallel.h"
#include "data/data_source.h"
#include "draw/report.h"
#include "io/files/file.h"
#include "runs/metrics_file.h"
#include "runs/run_meta.h"
#include "runs/verdict_lines.h"
#include "session/attending_doctor.h"
#include "session/event_log.h"
#include "session/recorder.h"
#include "session/resuming/change.h"
#include "session/resuming/resumption.h"

namespace ganymede::session {

namespace {

void say_recipe(const Observer& observer, std::string_view what, const train::Recipe& recipe, int processes) {
  const int threads = base::thread_count();
  const std::string parts = recipe.training.parts == 1
                                ? ""
                                : fmt::format(" in {} parts on {} process{}", recipe.training.parts,
                                              processes, processes == 1 ? "" : "es");
  observer.say(fmt::format("{} {} on {}: batches of {}{}, {}, {} thread{}, seed {}", what, recipe.name,
                           recipe.data, recipe.training.batch_size, parts, train::precision_name(recipe),
                           threads, threads == 1 ? "" : "s", recipe.training.seed));
}

std::shared_ptr<const data::Dataset> open_training_data(const train::Recipe& recipe,
                                                        const std::optional<data::ImageArrays>& arrays = {}) {
  if (arrays) {
    return std::make_shared<data::Dataset>(data::dataset_of(*arrays, recipe.images));
  }
  return std::make_shared<data::Dataset>(
      data::open_data(recipe.data, data::Splits::train_only, recipe.images));
}

void require_same_data(const data::Dataset& dataset, const artifacts::CheckpointInfo& checkpoint) {
  if (data::digest(dataset) != checkpoint.dataset_digest) {
    throw base::Error(base::ErrorKind::data,
                      {.where = dataset.name,
                       .found = "other images than the run began with",
                       .expected = "those of " + checkpoint.dataset,
                       .advice = "Name the path that has them with --data, or start a new run"});
  }
}

void require_not_past(const train::Position& position) {
  if (position.step > position.total_steps) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = "--resume",
                       .found = fmt::format("an end after {} steps", position.total_steps),
                       .expected = fmt::format("one beyond the {} steps that are done", position.step),
                       .advice = "Give more --epochs or --steps"});
  }
}

/// The step at which a resumed run ends; nothing if the recipe's epochs determine it.
std::optional<std::int64_t> end_of(const Resume& resume, const artifacts::CheckpointInfo& checkpoint) {
  if (resume.settings.steps) {
    return resume.settings.steps;
  }
  const bool other_epochs = std::ranges::any_of(
      resume.overrides, [](const std::string& setting) { return setting.starts_with("training.epochs"); });
  return other_epochs ? std::nullopt : std::optional(checkpoint.total_steps);
}

/// Loads the training of a run from its checkpoint. Files that follow from the
/// checkpoint are written again, since the process may have been killed after it.
std::unique_ptr<Training> restore(const runs::RunDirectory& run, const artifacts::Checkpoint& checkpoint,
                                  train::Recipe recipe, const Resume& resume, const Observer& observer,
                                  Parts* parts) {
  auto dataset = open_training_data(recipe, resume.arrays);
  require_same_data(*dataset, checkpoint.info());
  auto training =
      std::make_unique<Training>(std::move(recipe), std::move(dataset), end_of(resume, checkpoint.info()),
                                 resume.settings.classifier, observer.say, parts);
  checkpoint.restore(training->trainer, training->recipe);
  require_not_past(training->trainer.position());
  training->snapshots.make_again(run, checkpoint);
  return training;
}

/// Warns if a run with automatic precision is resumed in another precision.
void compare_precision(const runs::RunDirectory& run, const train::Recipe& recipe, const Observer& observer) {
  const std::string here = train::precision_name(recipe);
  if (const auto before = runs::precision_at_start(run); before && *before != here) {
    observer.warn(
        fmt::format("The run was started in {} and is resumed in {}, the automatic precision of this "
                    "machine: its numbers will differ",
                    *before, here));
  }
}

base::Error error_of(const train::Finding& explosion, std::int64_t step) {
  return {base::ErrorKind::diverged,
          {.where = fmt::format("step {}", step),
           .found = explosion.message,
           .expected = "losses that stay small",
           .advice = explosion.advice}};
}

/// Whether the run has returned to this step from a divergence.
bool has_returned_to(const runs::RunDirectory& run, std::int64_t step) {
  bool returned = false;
  runs::for_each_line(run.metrics(), [&](std::string_view, const nlohmann::json& line) {
    returned = returned || (line["step"] == step && line.value("event", "") == "rollback");
  });
  return returned;
}

/// Unsubscribes all from a trainer that outlives them.
struct Unsubscribe {
  train::Trainer& trainer;
  ~Unsubscribe() {
    trainer.unsubscribe_all();
    trainer.watch_phases(nullptr);
  }
};

}  // namespace

Start prepare(const std::string& recipe, std::span<const std::string> overrides, const Observer& observer) {
  return prepare(artifacts::recipe_text(recipe), overrides, observer);
}

Start prepare(const artifacts::RecipeText& recipe, std::span<const std::string> overrides,
              const Observer& observer, const std::optional<data::ImageArrays>& arrays) {
  Start start = prepare(recipe, overrides, OpenData([&](const train::Recipe& named) {
                          if (!arrays && !data::is_known_name(named.data)) {
                            observer.say("Reading " + named.data);
                          }
                          return open_training_data(named, arrays);
                        }));
  if (arrays) {
    start.recipe.data = data::arrays_name;
  }
  return start;
}

Start prepare(const artifacts::RecipeText& recipe, std::span<const std::string> overrides,
              const OpenData& open) {
  auto dataset = open(train::parse_recipe(recipe.toml, recipe.where, overrides));
  return {.recipe = train::parse_recipe(recipe.toml, recipe.where, overrides, train::shape_of(*dataset)),
          .dataset = dataset};
}

int Session::processes() const {
  return settings_.world == nullptr ? 1 : settings_.world->processes().count;
}

/// Starts the parts of the training and the threads of this one.
void Session::divide(const train::Recipe& recipe) {
  parts_.emplace(recipe.training.parts, settings_.world);
  team_.emplace(parts_->threads(recipe.training.threads));
}

Session::Session(Start start, const Observer& observer)
    : observer_(observer), settings_(std::move(start.settings)) {
  train::Recipe& recipe = start.recipe;
  if (!start.out.empty()) {
    runs::require_free(start.out);
  }
  if (recipe.training.parts < processes()) {
    recipe.training.parts = train::divisible_parts(recipe, processes());
  }
  divide(recipe);
  say_recipe(observer, "Training", recipe, processes());
  data::require_text(recipe.data);
  auto dataset = start.dataset ? std::move(start.dataset) : open_training_data(recipe);
  training_ = std::make_unique<Training>(std::move(recipe), std::move(dataset), settings_.steps,
                                         settings_.classifier, observer.say, &*parts_);
  runs::StagedRun staged(start.out, training_->recipe.name);
  io::write_file(staged.directory().config(), train::to_toml(training_->recipe));
  runs::write_meta(staged.directory(), *training_->dataset, train::precision_name(training_->recipe));
  training_->snapshots.write_sample(staged.directory(), 0);
  training_->snapshots.write_checkpoint(staged.directory(), 0);
  run_.emplace(staged.put_in_place());
  announce();
}

Session::Session(const Resume& resume, const Observer& observer)
    : observer_(observer), settings_(resume.settings) {
  require_changeable(resume.overrides, "--resume");
  const runs::RunDirectory run = runs::RunDirectory::open(resume.run);
  run_.emplace(runs::LockedRun{run, runs::RunLock(run)});
  train::Recipe recipe = artifacts::read_recipe_file(run.config().string(), resume.overrides);
  recipe.data = resume.data.value_or(recipe.data);
  divide(recipe);
  say_recipe(observer, "Resuming", recipe, processes());
  data::require_text(recipe.data);
  compare_precision(run, recipe, observer);
  const train::Recipe before = [&] {  // releases the checkpoint
    const artifacts::Checkpoint checkpoint = checkpoint_to_go_on_from(run, recipe, observer);
    training_ = restore(run, checkpoint, std::move(recipe), resume, observer, &*parts_);
    // A rollback's line says which rates it lowered since the checkpoint.
    return has_returned_to(run, position().step) ? artifacts::read_recipe_file(run.config().string())
                                                 : checkpoint.info().recipe;
  }();
  run.remove_temporaries();
  run.become_latest_of_none();
  if (is_complete()) {
    run.remove_old_checkpoints(runs::read_history(run.metrics(), training_->recipe).doctor.last_good_step());
    return;
  }
  go_on_after_changes(run, *training_, before, observer);
  observer.say(fmt::format("From {}", run.checkpoint(position().step).string()));
  announce();
}

/// Reports the size and the directory of the run.
void Session::announce() const {
  const data::Dataset& dataset = *training_->dataset;
  observer_.say(fmt::format("{} images of {}x{}, {} steps an epoch, {} steps to go; the run is in {}",
                            base::grouped(static_cast<std::int64_t>(dataset.train.count())), dataset.height,
                            dataset.width, base::grouped(position().steps_an_epoch),
                            base::grouped(position().total_steps - position().step),
                            directory().path().string()));
  for (const std::string& note : dataset.notes) {
    observer_.say(note);
  }
}

End Session::run(const std::stop_token& stop) {
  try {
    const End end = is_complete() ? train::Outcome::finished : train_to_end(stop);
    draw::draw_report(directory(), recipe(), observer_.warn);
    return end;
  } catch (const base::Error&) {
    parts_->rethrow_failure();
    throw;
  }
}

End Session::train_to_end(const std::stop_token& stop) {
  constexpr int most_rollbacks = 3;
  for (int rollbacks = 0;;) {
    observer_.goes_on(position(), directory().undo_step());
    const End end = train(stop);
    if (const auto change = std::exchange(change_, std::nullopt)) {
      apply(*change);
    } else if (rollbacks++ == most_rollbacks || !go_back(end)) {
      return end;
    }
  }
}

End Session::train(const std::stop_token& stop) {
  Training& training = *training_;
  scores::Scoring* const scoring = training.scoring ? &*training.scoring : nullptr;
  if (scoring != nullptr) {
    scoring->resume(directory());
  }
  Recorder recorder(directory(), training.recipe, training.snapshots, scoring, observer_);
  EventLog event_log(directory(), training.recipe, training.trainer, scoring, observer_);
  AttendingDoctor doctor(directory(), training.recipe,
                         Examiner(training.recipe, training.snapshots, *training.dataset, training.device,
                                  settings_.classifier, observer_),
                         observer_);
  std::stop_source end;
  const std::stop_callback forward(stop, [&] { end.request_stop(); });
  training.trainer.model().time_passes(settings_.time_passes);
  const auto must_go_back = [&] {
    return settings_.on_divergence == OnDivergence::rollback && doctor.explosion().has_value();
  };
  const Unsubscribe at_end{training.trainer};
  training.trainer.subscribe([&](const train::Event& event) {
    if (must_go_back()) {
      return;  // its files would be removed again
    }
    recorder.record(event);
    event_log.record(event);  // after the recorder, whose samples and scores it copies
    doctor.record(event);
    if (must_go_back()) {
      end.request_stop();
    } else {
      recorder.finish(event, doctor.last_good_step());
    }
  });
  training.trainer.watch_phases([&](const train::StepView& view) {
    if (observer_.phase(view)) {
      recorder.leave_out_pause();
    }
  });
  const auto before_step = [&] {
    if (observer_.before_step(training.trainer.model().networks())) {
      recorder.leave_out_pause();
    }
    if (!end.stop_requested() && (change_ = observer_.change())) {
      end.request_stop();
    }
  };
  try {
    const train::Outcome outcome = training.trainer.run(end.get_token(), before_step);
    observer_.steps_over();
    if (must_go_back()) {
      return Divergence{error_of(*doctor.explosion(), position().step), *doctor.explosion(),
                        doctor.last_good_step()};
    }
    recorder.keep_checkpoint(doctor.last_good_step());
    return outcome;
  } catch (const base::Error& error) {
    observer_.steps_over();
    if (error.kind() != base::ErrorKind::diverged) {
      throw;
    }
    return Divergence{error, doctor.diagnose(training.trainer.position()), doctor.last_good_step()};
  }
}

void Session::apply(const Change& change) {
  try {
    training_ = change.undo ? undo_change(training_, directory(), settings_.classifier, observer_, &*parts_)
                            : change_settings(training_, change.overrides, directory(), settings_.classifier,
                                              observer_, &*parts_);
  } catch (const base::Error& error) {
    if (!training_) {
      throw;
    }
    observer_.warn(error.what());  // the run goes on as it was
  }
}

/// Whether the training was replaced by that of an earlier checkpoint.
bool Session::go_back(const End& end) {
  const auto* divergence = std::get_if<Divergence>(&end);
  if (divergence == nullptr || settings_.on_divergence != OnDivergence::rollback) {
    return false;
  }
  const auto checkpoint = find_checkpoint(directory(), divergence->last_good_step, observer_);
  if (!checkpoint) {
    observer_.warn("No earlier checkpoint is left to return to");
    return false;
  }
  const std::int64_t from_step = position().step;
  training_ = roll_back(std::move(training_), divergence->finding, *checkpoint, directory(),
                        settings_.classifier, observer_, &*parts_);
  observer_.say(describe_rollback(*training_, from_step));
  return true;
}

}  // namespace ganymede::session
