#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "base/host.h"
#include "bench/measurement.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/json_output.h"
#include "cli/page_server.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/verbs/train_options.h"
#include "data/dataset.h"
#include "dist/world.h"
#include "net/toml_fields.h"
#include "queue/control_link.h"
#include "session/session.h"

namespace ganymede::cli {

namespace {

int report_divergence(const session::Divergence& divergence, const session::Session& session) {
  print_error(divergence.error.what());
  const auto good = session.directory().find_checkpoints(divergence.last_good_step);
  print_hint(fmt::format(
      "{}. Resume with lower learning rates: {}",
      good.empty() ? "No earlier checkpoint is left" : good.front().string() + " is the last good checkpoint",
      queue::calmer_command(session)));
  return static_cast<int>(divergence.error.kind());
}

/// Prints the time of each layer's passes per step.
void print_profile(session::Session& session, std::int64_t steps) {
  const train::Recipe& recipe = session.recipe();
  const double peak = bench::peak_gflops(session.device(), train::resolve(recipe.training.precision));
  print(bench::table(bench::pass_rows(recipe, session.pass_times(), std::max<std::int64_t>(steps, 1), peak)));
}

/// Prints why standard output could not be written, except for a closed pipe.
int end_of(const JsonOutput& json) {
  const std::error_code& failure = json.failure();
  if (failure && failure != std::errc::broken_pipe) {
    print_error(print_failure(failure).what());
  }
  return json.exit_status();
}

/// Prints how the run ended and the next command; returns the exit status.
int report_end(const session::End& end, const session::Session& session, const StopOnSignal& signals,
               const JsonOutput& json, Console& console) {
  if (const auto* divergence = std::get_if<session::Divergence>(&end)) {
    return report_divergence(*divergence, session);
  }
  const std::string run = session.directory().path().string();
  if (std::get<train::Outcome>(end) == train::Outcome::stopped) {
    console.say(fmt::format("Stopped after step {}. To resume: {}", session.position().step,
                            queue::resume_command(session.directory())));
    const int failed = end_of(json);
    return failed != 0 ? failed : signals.exit_status();
  }
  console.say(fmt::format("Done. To draw new images: {}", base::own_command({"sample", run})));
  return end_of(json);
}

/// An observer that prints messages and, with --json, the lines for programs.
session::Observer observe(Console& console, JsonOutput& json) {
  session::Observer observer;
  observer.say = [&](std::string_view line) { console.say(line); };
  observer.warn = [&](std::string_view line) { console.warn(line); };
  observer.line = [&](std::string_view line) { json.print_line(line); };
  observer.steps_over = [&] { console.keep_status(); };
  return observer;
}

std::unique_ptr<session::Session> open_session(const TrainOptions& options,
                                               const session::Observer& observer) {
  if (!options.resume.empty()) {
    require_resumable(options);
    return std::make_unique<session::Session>(
        session::Resume{options.resume, overrides(options), options.data, options.session}, observer);
  }
  std::vector<std::string> settings = overrides(options);
  if (options.data) {
    settings.push_back("data=" + net::written(*options.data));
  }
  session::Start start =
      session::prepare(options.recipe.value_or(artifacts::default_recipe), settings, observer);
  start.out = options.out;
  start.settings = options.session;
  return std::make_unique<session::Session>(std::move(start), observer);
}

int run_session(const TrainOptions& options, const StopOnSignal& signals) {
  Console console(options.quiet);
  JsonOutput json(options.json, signals);
  session::Observer observer = observe(console, json);
  const auto session = open_session(options, observer);
  const std::int64_t first_step = session->position().step;
  if (session->is_complete()) {
    session->run(signals.token());
    console.say(fmt::format("{} has completed all of its {} steps: extend it with --epochs or --steps",
                            session->directory().path().string(), session->position().total_steps));
    return 0;
  }

  Progress progress(console, session->recipe());
  observer.step = [&](const auto& event, const auto& pace) { progress.show_step(event, pace); };
  observer.epoch = [&](const auto& event, const auto& pace) { progress.show_epoch(event, pace); };
  observer.scored = [&](const auto& position, const auto& scores) { progress.show_scores(position, scores); };
  std::optional<TrainingPage> page;
  if (options.serve) {
    page.emplace(*session, observer, signals, PageAddress{*options.serve, options.host}, console);
  }
  const session::End end = session->run(signals.token());
  if (page) {
    queue::tell(page->control(), end, *session);
  }
  if (options.session.time_passes && !std::holds_alternative<session::Divergence>(end)) {
    print_profile(*session, session->position().step - first_step);
  }
  return report_end(end, *session, signals, json, console);
}

/// Trains in this process, or in all that an MPI launcher has started, of which the first speaks and writes.
int run_train(TrainOptions options) {
  const StopOnSignal signals;  // the first process decides when all stop
  dist::World world;
  if (!world.leads()) {
    try {
      session::follow(world);
      return 0;
    } catch (const base::Error& error) {
      print_error(fmt::format("process {}: {}", world.processes().rank, error.what()));
      if (error.kind() != base::ErrorKind::data) {  // of which all know, since they have agreed to end
        world.processes().abort(static_cast<int>(error.kind()));
      }
      return static_cast<int>(error.kind());
    }
  }
  if (options.batch_per_rank) {
    options.batch_size = *options.batch_per_rank * world.processes().count;
  }
  options.session.world = &world;
  return run_session(options, signals);
}

void add_flags(CLI::App& verb, TrainOptions& options) {
  constexpr std::int64_t most = 1'000'000'000;
  const auto add = [&](const char* name, auto& value, const char* type, const std::string& description) {
    return verb.add_option(name, value, description)->type_name(type);
  };
  add("RECIPE", options.recipe, recipe_type,
      fmt::format("A recipe that `ganymede recipes` lists, or a file (default: {})",
                  artifacts::default_recipe));
  add("--epochs", options.epochs, "N", "The number of passes over the data")->check(in_range(1, most));
  add("--steps", options.session.steps, "N", "The number of steps, instead of epochs")
      ->check(in_range(1, most));
  add("--batch-size", options.batch_size, "N", "The number of images per step")->check(in_range(1, 65536));
  add("--seed", options.seed, "N", "The seed of all random numbers")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  expect_one_of(
      verb.add_option("--precision", options.precision, "The type of the matrix products' operands"),
      {"auto", "f32", "bf16"});
  add("--threads", options.threads, "N", "The number of threads; 0: one per processor")
      ->check(in_range(0, 1024));
  add("--parts", options.parts, "N",
      "Divide every batch into N parts, for N processes at most (default: as many as there are)")
      ->check(in_range(1, 65536));
  add("--batch-per-rank", options.batch_per_rank, "N",
      "The number of images per step and process, under mpirun")
      ->check(in_range(1, 65536))
      ->excludes("--batch-size");
  add("--data", options.data, data_type, data::known_data());
  add_preparation(verb, options.images);
  add("--eval-every", options.eval_every, "N",
      "Score the generator after every N epochs and keep the best; 0: never")
      ->check(in_range(0, most));
  add("--classifier", options.session.classifier, "FILE",
      "The classifier for scores (default: the data set's)");
  add("--out", options.out, "DIR", "The run's directory (default: runs/<time>-<recipe>)");
  add("--resume", options.resume, "RUN", "Resume the run in this directory");
  add("--on-divergence", options.session.on_divergence, "stop|rollback",
      "stop, or rollback: resume from the last good checkpoint with lower learning rates, three times at "
      "most")
      ->transform(CLI::CheckedTransformer(std::map<std::string, session::OnDivergence>{
                                              {"stop", session::OnDivergence::stop},
                                              {"rollback", session::OnDivergence::rollback}})
                      .description(""));
  add("--set", options.set, "KEY=VALUE",
      "Change a value of the recipe: --set latent.size=64, --set generator.layers.0.units=64 (counted from "
      "0)")
      ->allow_extra_args(false);
  add_page_flags(verb, options.serve, options.host);
  verb.add_flag("--quiet", options.quiet, "Print only errors");
  verb.add_flag("--profile", options.session.time_passes, "Print the time of each layer and pass at the end");
  verb.add_flag("--json", options.json,
                "Print a JSON object per line to stdout for each interval, epoch and verdict");
}

}  // namespace

void add_train(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("train", "Train a recipe, or resume a run");
  const auto options = std::make_shared<TrainOptions>();
  add_flags(*verb, *options);
  verb->footer(
      "Examples:\n"
      "  ganymede train\n"
      "  ganymede train conv --epochs 20 --out runs/conv\n"
      "  ganymede train dense --set generator_optimizer.learning_rate=1e-4\n"
      "  ganymede train --serve                  watch and control it at http://127.0.0.1:8420/\n"
      "  ganymede train mine.toml --on-divergence rollback\n"
      "  ganymede train mine.toml --json --quiet > metrics.jsonl\n"
      "  ganymede train --resume runs/latest --epochs 100\n"
      "Ctrl-C, like Stop on the page, finishes the step, writes a checkpoint and prints the command that "
      "resumes the run. A second Ctrl-C ends at once.");
  verb->callback([&action, options] { action = [options] { return run_train(*options); }; });
}

}  // namespace ganymede::cli
