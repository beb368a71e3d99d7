#include <fmt/format.h>

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/team.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/data_source.h"
#include "cli/host.h"
#include "cli/measurement.h"
#include "cli/page_server.h"
#include "cli/recipe_source.h"
#include "cli/report.h"
#include "cli/resumption.h"
#include "cli/run_lock.h"
#include "cli/run_meta.h"
#include "cli/signals.h"
#include "cli/staged_run.h"
#include "cli/train_options.h"
#include "cli/training.h"
#include "cli/verdict_lines.h"
#include "io/file.h"

namespace ganymede::cli {

namespace {

std::shared_ptr<const data::Dataset> open_training_data(const train::Recipe& recipe) {
  return std::make_shared<data::Dataset>(open_data(recipe.data, data::Splits::train_only));
}

int start(const TrainOptions& options, const StopOnSignal& signals, Console& console) {
  train::Recipe recipe = load_recipe(options.recipe.value_or(default_recipe), overrides(options));
  recipe.data = options.data.value_or(recipe.data);
  if (!options.out.empty()) {
    require_free(options.out);
  }
  const base::Team team(static_cast<int>(recipe.training.threads));
  announce(console, "Training", recipe);
  auto dataset = open_training_data(recipe);
  auto training =
      std::make_unique<Training>(std::move(recipe), std::move(dataset), options.steps, options.classifier);

  StagedRun staged(options.out, training->recipe.name);
  io::write_file(staged.directory().config(), train::to_toml(training->recipe));
  write_meta(staged.directory(), *training->dataset, precision_name(training->recipe));
  training->snapshots.write_sample(staged.directory(), 0);
  training->snapshots.write_checkpoint(staged.directory(), 0);
  const LockedRun run = staged.put_in_place();
  announce(console, *training, run.directory);
  return carry_out(std::move(training), run.directory, signals, options, console);
}

void require_same_data(const data::Dataset& dataset, const CheckpointInfo& checkpoint) {
  if (digest(dataset) != checkpoint.dataset_digest) {
    throw base::Error(base::ErrorKind::data,
                      {.where = dataset.name,
                       .found = "other files than the run began with",
                       .expected = "the files of " + checkpoint.dataset,
                       .advice = "Name the directory that has them with --data, or start a new run"});
  }
}

/// The steps at which a resumed run ends; nothing where the recipe's epochs say so.
std::optional<std::int64_t> end_of_resumed(const TrainOptions& options, const CheckpointInfo& checkpoint) {
  if (options.steps) {
    return options.steps;
  }
  return options.epochs ? std::nullopt : std::optional(checkpoint.total_steps);
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

/// The training of a run as its checkpoint has it, which is not kept in memory beside it. What the checkpoint
/// implies is made again, since the process may have been killed behind it.
std::unique_ptr<Training> restore(const RunDirectory& run, train::Recipe recipe, const TrainOptions& options,
                                  Console& console) {
  const Checkpoint checkpoint = checkpoint_to_go_on_from(run, recipe, console);
  auto dataset = open_training_data(recipe);
  require_same_data(*dataset, checkpoint.info());
  auto training = std::make_unique<Training>(std::move(recipe), std::move(dataset),
                                             end_of_resumed(options, checkpoint.info()), options.classifier);
  checkpoint.restore(training->trainer, training->recipe);
  require_not_past(training->trainer.position());
  training->snapshots.make_again(run, checkpoint);
  return training;
}

/// Says where a run that leaves its precision to the machine goes on in another one.
void compare_precision(const RunDirectory& run, const train::Recipe& recipe, Console& console) {
  const std::string here = precision_name(recipe);
  if (const auto before = precision_at_start(run); before && *before != here) {
    console.warn(
        fmt::format("The run was begun in {} and goes on in {}, which is what precision = \"auto\" means on "
                    "this machine: its numbers will differ",
                    *before, here));
  }
}

int resume(const TrainOptions& options, const StopOnSignal& signals, Console& console) {
  require_resumable(options);
  const RunDirectory run = RunDirectory::open(options.resume);
  const RunLock lock(run);
  train::Recipe recipe = read_recipe_file(run.config().string(), overrides(options));
  recipe.data = options.data.value_or(recipe.data);
  const base::Team team(static_cast<int>(recipe.training.threads));
  announce(console, "Resuming", recipe);
  compare_precision(run, recipe, console);
  auto training = restore(run, std::move(recipe), options, console);
  const train::Position& position = training->trainer.position();
  run.remove_temporaries();
  run.become_latest_of_none();
  if (position.step == position.total_steps) {
    run.remove_old_checkpoints(read_history(run.metrics(), training->recipe).doctor.last_good_step());
    draw_report(run, training->recipe, console);
    console.say(fmt::format("{} has done all of its {} steps: --epochs or --steps extend it",
                            run.path().string(), position.total_steps));
    return 0;
  }
  go_on_from(run, *training);
  console.say(fmt::format("From {}", run.checkpoint(position.step).string()));
  announce(console, *training, run);
  return carry_out(std::move(training), run, signals, options, console);
}

int run_train(const TrainOptions& options) {
  const StopOnSignal signals;
  Console console(options.quiet);
  return options.resume.empty() ? start(options, signals, console) : resume(options, signals, console);
}

void add_flags(CLI::App& verb, TrainOptions& options) {
  constexpr std::int64_t most = 1'000'000'000;
  const auto add = [&](const char* name, auto& value, const char* type, const std::string& description) {
    return verb.add_option(name, value, description)->type_name(type);
  };
  add("RECIPE", options.recipe, recipe_type,
      fmt::format("One that `ganymede recipes` lists, or a file (default: {})", default_recipe));
  add("--epochs", options.epochs, "N", "How many passes over the data")->check(in_range(1, most));
  add("--steps", options.steps, "N", "How many steps, in place of epochs")->check(in_range(1, most));
  add("--batch-size", options.batch_size, "N", "How many images a step")->check(in_range(1, 65536));
  add("--seed", options.seed, "N", "Of every random number")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  expect_one_of(verb.add_option("--precision", options.precision, "Of the matrix products"),
                {"auto", "f32", "bf16"});
  add("--threads", options.threads, "N", "How many; 0: one a processor")->check(in_range(0, 1024));
  add("--data", options.data, data_type, data_names);
  add("--eval-every", options.eval_every, "N",
      "Score the generator after every N epochs and keep the best; 0: never")
      ->check(in_range(0, most));
  add("--classifier", options.classifier, "FILE", "What scores are measured with (default: the data set's)");
  add("--out", options.out, "DIR", "The run's directory (default: runs/<time>-<recipe>)");
  add("--resume", options.resume, "RUN", "Go on with the run in this directory");
  add("--on-divergence", options.on_divergence, "stop|rollback",
      "stop, or rollback: go on from the last good checkpoint with lower learning rates, three times at most")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, OnDivergence>{{"stop", OnDivergence::stop},
                                                                      {"rollback", OnDivergence::rollback}})
              .description(""));
  add("--set", options.set, "KEY=VALUE",
      "Change a value of the recipe: --set latent.size=64, --set generator.layers.0.units=64 (counted from "
      "0)")
      ->allow_extra_args(false);
  add_page_flags(verb, options.serve, options.host);
  verb.add_flag("--quiet", options.quiet, "Say nothing but errors");
  verb.add_flag("--profile", options.profile, "Print at the end what each layer and pass took");
  verb.add_flag("--json", options.json,
                "Print an object a line to stdout, for each interval, epoch and verdict");
}

}  // namespace

void add_train(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("train", "Train a recipe, or go on with a run");
  const auto options = std::make_shared<TrainOptions>();
  add_flags(*verb, *options);
  verb->footer(
      "Examples:\n"
      "  ganymede train\n"
      "  ganymede train conv --epochs 20 --out runs/conv\n"
      "  ganymede train dense --set generator_optimizer.learning_rate=1e-4\n"
      "  ganymede train --serve                  watch and steer it at http://127.0.0.1:8420/\n"
      "  ganymede train mine.toml --on-divergence rollback\n"
      "  ganymede train mine.toml --json --quiet > metrics.jsonl\n"
      "  ganymede train --resume runs/latest --epochs 100\n"
      "Ctrl-C, like Stop on the page, finishes the step, writes a checkpoint and prints the command that "
      "resumes; Ctrl-C twice ends at once.");
  verb->callback([&action, options] { action = [options] { return run_train(*options); }; });
}

}  // namespace ganymede::cli
