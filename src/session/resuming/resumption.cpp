#include "session/resuming/resumption.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/number.h"
#include "io/files/file.h"
#include "runs/metrics_file.h"
#include "runs/run_meta.h"
#include "runs/verdict_lines.h"
#include "session/resuming/change.h"

namespace ganymede::session {

namespace {

namespace fs = std::filesystem;

}  // namespace

std::string describe_rollback(const Training& training, std::int64_t from_step) {
  std::vector<std::string> rates;
  for (const train::LearningNetwork& network : train::learning_networks(training.recipe)) {
    rates.push_back(fmt::format("{:g} for the {}", network.optimizer.learning_rate, network.name));
  }
  return fmt::format("Back from step {} to step {}, with learning rates of {}", base::grouped(from_step),
                     base::grouped(training.trainer.position().step), fmt::join(rates, " and "));
}

std::optional<artifacts::Checkpoint> find_checkpoint(const runs::RunDirectory& run, std::int64_t last_step,
                                                     const Observer& observer) {
  const std::vector<fs::path> files = run.find_checkpoints(last_step);
  for (const fs::path& file : files) {
    try {
      return artifacts::Checkpoint(file);
    } catch (const base::Error& error) {
      if (file == files.back() || !artifacts::is_damaged(file)) {
        throw;
      }
      observer.warn(fmt::format("{} It was renamed to {}.corrupt; using the checkpoint before it",
                                error.what(), file.filename().string()));
      std::error_code ignored;
      fs::rename(file, file.string() + ".corrupt", ignored);
    }
  }
  return std::nullopt;
}

artifacts::Checkpoint checkpoint_to_go_on_from(const runs::RunDirectory& run, const train::Recipe& recipe,
                                               const Observer& observer) {
  constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();
  const runs::History history = runs::read_history(run.metrics(), recipe);
  if (history.diverged) {
    if (auto checkpoint = find_checkpoint(run, history.doctor.last_good_step(), observer)) {
      return *std::move(checkpoint);
    }
  }
  if (auto checkpoint = find_checkpoint(run, any, observer)) {
    return *std::move(checkpoint);
  }
  throw base::Error(base::ErrorKind::file, {.where = run.checkpoints().string(),
                                            .found = "no checkpoint",
                                            .expected = "step_*.safetensors",
                                            .advice = "Start a new run"});
}

void go_on_from(const runs::RunDirectory& run, const Training& training, std::string_view line) {
  const train::Position& position = training.trainer.position();
  run.remove_beyond(position.step, position.step == 0 ? 0 : position.epoch());
  // Before config.toml: if the process is killed between the two, the run diverges and returns once more.
  runs::trim_metrics(run.metrics(), position.step, line);
  io::write_file(run.config(), train::to_toml(training.recipe));
  runs::add_resumption(run, position.step);
}

void go_on_after_changes(const runs::RunDirectory& run, const Training& training, const train::Recipe& before,
                         const Observer& observer) {
  const auto changes = changes_between(before, training.recipe);
  if (changes.empty()) {
    go_on_from(run, training);
    return;
  }
  const std::string line = runs::change_line(training.trainer.position(), changes);
  go_on_from(run, training, line);
  observer.line(line);
}

std::unique_ptr<Training> replace(std::unique_ptr<Training>& old, train::Recipe recipe,
                                  const artifacts::Checkpoint& checkpoint, const runs::RunDirectory& run,
                                  const std::filesystem::path& classifier, const Observer& observer,
                                  Parts* parts) {
  const std::int64_t total_steps = old->trainer.position().total_steps;
  auto dataset = old->dataset;
  old.reset();  // frees its memory before the next is loaded
  auto training = std::make_unique<Training>(std::move(recipe), std::move(dataset), total_steps, classifier,
                                             observer.say, parts);
  checkpoint.restore(training->trainer, training->recipe);
  training->snapshots.make_again(run, checkpoint);
  return training;
}

std::unique_ptr<Training> roll_back(std::unique_ptr<Training> diverged, const train::Finding& finding,
                                    const artifacts::Checkpoint& checkpoint, const runs::RunDirectory& run,
                                    const std::filesystem::path& classifier, const Observer& observer,
                                    Parts* parts) {
  const std::int64_t from_step = diverged->trainer.position().step;
  train::Recipe recipe = std::move(diverged->recipe);
  for (ops::AdamSettings* optimizer :
       {&recipe.generator_optimizer, &recipe.discriminator_optimizer, &recipe.encoder_optimizer}) {
    optimizer->learning_rate = train::calmer_rate(optimizer->learning_rate);
  }
  auto training = replace(diverged, std::move(recipe), checkpoint, run, classifier, observer, parts);
  const std::string line = runs::rollback_line(
      training->trainer.position(),
      {.from_step = from_step,
       .ailment = finding.ailment,
       .message = fmt::format("{}. {}", finding.message, describe_rollback(*training, from_step))});
  go_on_from(run, *training, line);
  observer.line(line);
  return training;
}

}  // namespace ganymede::session
