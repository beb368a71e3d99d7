#include "cli/resumption.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cli/format.h"
#include "cli/metrics_file.h"
#include "cli/run_meta.h"
#include "cli/verdict_lines.h"
#include "io/file.h"

namespace ganymede::cli {

namespace {

namespace fs = std::filesystem;

}  // namespace

std::string describe_rollback(const Training& training, std::int64_t from_step) {
  std::vector<std::string> rates;
  for (const train::LearningNetwork& network : train::learning_networks(training.recipe)) {
    rates.push_back(fmt::format("{:g} for the {}", network.optimizer.learning_rate, network.name));
  }
  return fmt::format("Back from step {} to step {}, with learning rates of {}", grouped(from_step),
                     grouped(training.trainer.position().step), fmt::join(rates, " and "));
}

std::optional<Checkpoint> find_checkpoint(const RunDirectory& run, std::int64_t last_step, Console& console) {
  const std::vector<fs::path> files = run.find_checkpoints();
  for (const fs::path& file : files) {
    try {
      Checkpoint checkpoint(file);
      if (checkpoint.info().step <= last_step) {
        return checkpoint;
      }
    } catch (const base::Error& error) {
      if (file == files.back()) {
        throw;
      }
      console.warn(fmt::format("{} It is now called {}.corrupt; taking the checkpoint before it",
                               error.what(), file.filename().string()));
      std::error_code ignored;
      fs::rename(file, file.string() + ".corrupt", ignored);
    }
  }
  return std::nullopt;
}

Checkpoint newest_checkpoint(const RunDirectory& run, Console& console) {
  if (auto checkpoint = find_checkpoint(run, std::numeric_limits<std::int64_t>::max(), console)) {
    return *std::move(checkpoint);
  }
  throw base::Error(base::ErrorKind::file, {.where = run.checkpoints().string(),
                                            .found = "no checkpoint",
                                            .expected = "step_*.safetensors",
                                            .advice = "Start a new run"});
}

std::int64_t last_good_step(const train::Finding& finding, const train::Recipe& recipe) {
  return finding.ailment == train::Ailment::not_finite
             ? finding.step
             : std::max<std::int64_t>(finding.since_step - recipe.output.metrics_every_steps, 0);
}

void go_on_from(const RunDirectory& run, const Training& training) {
  const std::int64_t step = training.trainer.position().step;
  for (const fs::path& file : run.find_checkpoints()) {
    if (file == run.checkpoint(step)) {
      break;
    }
    std::error_code ignored;
    fs::remove(file, ignored);
  }
  trim_metrics(run.metrics(), step);
  io::write_file(run.config(), train::to_toml(training.recipe));
  add_resumption(run, step);
}

std::unique_ptr<Training> roll_back(std::unique_ptr<Training> diverged, const train::Finding& finding,
                                    const Checkpoint& checkpoint, const RunDirectory& run,
                                    const TrainOptions& options) {
  const std::int64_t total_steps = diverged->trainer.position().total_steps;
  const std::int64_t from_step = diverged->trainer.position().step;
  train::Recipe recipe = std::move(diverged->recipe);
  for (ops::AdamSettings* optimizer :
       {&recipe.generator_optimizer, &recipe.discriminator_optimizer, &recipe.encoder_optimizer}) {
    optimizer->learning_rate = train::calmer_rate(optimizer->learning_rate);
  }
  auto dataset = diverged->dataset;
  diverged.reset();  // its memory before that of the next
  auto training =
      std::make_unique<Training>(std::move(recipe), std::move(dataset), total_steps, options.classifier);
  checkpoint.restore(training->trainer, training->recipe);
  go_on_from(run, *training);
  const std::string line = rollback_line(
      training->trainer.position(),
      {.from_step = from_step,
       .ailment = finding.ailment,
       .message = fmt::format("{}. {}", finding.message, describe_rollback(*training, from_step))});
  io::AppendFile(run.metrics()).append_line(line);
  if (options.json) {
    print(line + "\n");
  }
  return training;
}

}  // namespace ganymede::cli
