#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/host.h"
#include "base/number.h"
#include "base/stopwatch.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/signals.h"
#include "sweep/estimate.h"
#include "sweep/slurm.h"
#include "sweep/table.h"
#include "sweep/worker.h"

namespace ganymede::cli {

namespace {

enum class Form { text, markdown, json };

struct SweepOptions {
  std::string file;
  std::string out;
  std::optional<std::int64_t> epochs, steps, threads, slurm_tasks;
  std::string budget;
  Form form = Form::text;
  bool only_table = false;
  bool dry_run = false;
  bool quiet = false;
};

sweep::Description describe(const SweepOptions& options) {
  sweep::Description description = sweep::read_description(options.file);
  if (!options.out.empty()) {
    description.out = options.out;
  }
  if (options.epochs || options.steps) {
    description.epochs = options.epochs.value_or(0);
    description.steps = options.steps.value_or(0);
  }
  if (!options.budget.empty()) {
    description.budget.seconds = sweep::parse_duration(options.budget, "--budget");
  }
  return description;
}

void print_table(const sweep::Plan& plan, const std::vector<sweep::Standing>& standings, Form form) {
  const sweep::Table table = sweep::make_table(plan, standings);
  print(form == Form::json       ? sweep::as_json(table)
        : form == Form::markdown ? sweep::as_markdown(table)
                                 : sweep::as_text(table));
}

std::string best_score(const sweep::Plan& plan, const sweep::Standing& standing) {
  const eval::ScoreInfo& info = plan.columns.front();
  const auto score = standing.scores.find(std::string(info.key));
  return score == standing.scores.end()
             ? ""
             : fmt::format(", {} {:.{}f}", info.title, score->second, info.decimals);
}

/// Shows a worker's progress: on a terminal a line that is updated ten times a second, elsewhere one line per
/// run.
class SweepProgress {
 public:
  SweepProgress(const sweep::Plan& plan, const sweep::Place& place, Console& console)
      : plan_(plan), place_(place), console_(console) {}

  /// Makes `observer` report here.
  void attach(sweep::Observer& observer) {
    observer.begins = [this](const sweep::Work&, bool) { run_ = {}; };
    observer.say = [this](std::string_view line) { console_.show_status(cut(std::string(line))); };
    observer.warn = [this](const sweep::Work& work, std::string_view text) {
      console_.warn(fmt::format("{}: {}", work.run.name, text));
    };
    observer.step = [this](const auto& work, const auto& event, const auto& pace) {
      show_step(work, event.position, pace);
    };
    observer.ends = [this](const auto& work, sweep::Leaving leaving, const auto& standing, auto why) {
      show_end(work, leaving, standing, why);
    };
    observer.waits = [this](std::int64_t over, std::int64_t all) {
      console_.show_status(
          cut(fmt::format("{} of {} runs have ended; other workers are on the rest", over, all)));
    };
  }

 private:
  std::string cut(std::string line) const {
    const auto room = static_cast<std::size_t>(std::max(console_.width() - 1, 1));
    return line.size() > room ? line.substr(0, room) : line;
  }

  /// Until the sweep's end, if the other workers are as quick; nothing before the first run's end.
  std::string sweep_left(const sweep::Work& work, double run_left) const {
    if (runs_ == 0) {
      return "";
    }
    const double others = static_cast<double>(work.all - work.over - 1) / static_cast<double>(place_.workers);
    return fmt::format("  all {}", base::duration(run_left + std::max(others, 0.0) * seconds_ / runs_));
  }

  void show_step(const sweep::Work& work, const train::Position& position, const session::Pace& pace) {
    constexpr auto interval = std::chrono::milliseconds(100);
    const auto now = std::chrono::steady_clock::now();
    if (!console_.live() || (now - shown_ < interval && position.step < position.total_steps)) {
      return;
    }
    shown_ = now;
    const double left = pace.seconds_left(position);
    console_.show_status(
        cut(fmt::format("run {}/{}  {}  step {}/{}  ETA {}{}", work.over + 1, work.all, work.run.name,
                        position.step, position.total_steps, base::duration(left), sweep_left(work, left))));
  }

  void show_end(const sweep::Work& work, sweep::Leaving leaving, const sweep::Standing& standing,
                std::string_view why) {
    const double seconds = run_.seconds();
    const std::string begin = fmt::format("{}/{}  {}: ", work.over, work.all, work.run.name);
    switch (leaving) {
      case sweep::Leaving::finished:
        console_.say(
            fmt::format("{}done in {}{}", begin, base::duration(seconds), best_score(plan_, standing)));
        break;
      case sweep::Leaving::diverged:
        console_.say(fmt::format("{}diverged: {}", begin, why));
        break;
      case sweep::Leaving::stopped:
        console_.say(fmt::format("{}stopped after step {}", begin, standing.step));
        return;
      case sweep::Leaving::failed:
        console_.clear_status();
        print_error(fmt::format("{}: {}", work.run.name, why));
        return;
    }
    seconds_ += seconds;
    runs_ += 1.0;
  }

  const sweep::Plan& plan_;
  const sweep::Place place_;
  Console& console_;
  base::Stopwatch run_;
  std::chrono::steady_clock::time_point shown_;
  double seconds_ = 0.0, runs_ = 0.0;  // of the runs that have ended here
};

/// Prints why the worker ended and what is left; returns the exit status.
int report_end(const sweep::Plan& plan, const sweep::WorkEnd& end,
               const std::vector<sweep::Standing>& standings, const StopOnSignal& signals, Console& console) {
  const auto left = std::ranges::count_if(standings, [](const auto& one) { return !one.is_over(); });
  if (left > 0) {
    const std::int64_t running = sweep::count(standings, sweep::State::running);
    console.say(fmt::format("{}{} of {} runs are left{}. To go on: {}",
                            end.stopped         ? "Stopped: "
                            : end.out_of_budget ? "The budget is used up: "
                                                : "",
                            left, standings.size(),
                            running > 0 ? fmt::format(", {} of them with other workers", running) : "",
                            base::shell_line(base::command_line())));
  } else {
    console.say(fmt::format("Done. To compare the runs: {}",
                            base::own_command({"serve", plan.description.directory().string()})));
  }
  if (end.stopped) {
    return signals.exit_status();
  }
  return end.failures.empty() ? 0 : static_cast<int>(end.failures.front().error.kind());
}

int run_workers(const sweep::Plan& plan, const SweepOptions& options, const StopOnSignal& signals) {
  // Workers are separate programs: a launcher's processes have no need of MPI to share a directory.
  const sweep::Place place = sweep::place_of_process();
  Console console(options.quiet);
  if (place.worker == 0) {
    console.say(fmt::format("{} runs in {}: settings {}, seeds {}", plan.runs.size(),
                            plan.description.directory().string(), plan.candidates.size(),
                            plan.description.seeds.values.size()));
  }
  SweepProgress progress(plan, place, console);
  sweep::Observer observer;
  progress.attach(observer);
  const sweep::WorkEnd end = sweep::work(plan, place, signals.token(), observer);
  console.clear_status();
  if (place.together && place.worker != 0) {  // the first one speaks for all
    return end.stopped ? signals.exit_status()
                       : (end.failures.empty() ? 0 : static_cast<int>(end.failures.front().error.kind()));
  }
  const std::vector<sweep::Standing> standings = sweep::read_standings(plan);
  const int status = report_end(plan, end, standings, signals, console);
  print_table(plan, standings, options.form);
  return status;
}

int list_runs(const sweep::Plan& plan, const StopOnSignal& signals) {
  const Console console;
  const std::vector<sweep::Standing> standings = sweep::read_standings(plan);
  std::string text;
  for (std::size_t n = 0; n < plan.runs.size(); ++n) {
    const std::int64_t steps = plan.candidates[plan.runs[n].setting].total_steps;
    text += fmt::format("{:<10}  {:>8}/{:<8}  {}\n", sweep::word(standings[n].state), standings[n].step,
                        steps, plan.runs[n].name);
  }
  print(text);
  const double seconds =
      sweep::seconds_left(plan, standings, [&] { return signals.token().stop_requested(); });
  if (!signals.token().stop_requested()) {
    Console().say(fmt::format("About {} for the steps that are left, without scores, in one worker here",
                              base::duration(seconds)));
  }
  return signals.exit_status();
}

/// The command of a worker, with the flags that this one has.
std::vector<std::string> worker_command(const SweepOptions& options) {
  std::vector<std::string> command = {base::executable().string(), "sweep", options.file};
  const auto add = [&](const char* flag, const auto& value) {
    if (value) {
      command.insert(command.end(), {flag, fmt::format("{}", *value)});
    }
  };
  add("--epochs", options.epochs);
  add("--steps", options.steps);
  if (!options.out.empty()) {
    command.insert(command.end(), {"--out", options.out});
  }
  if (!options.budget.empty()) {
    command.insert(command.end(), {"--budget", options.budget});
  }
  return command;
}

int run_sweep(const SweepOptions& options) {
  const StopOnSignal signals;
  const sweep::Description description = describe(options);
  const sweep::Plan plan = sweep::prepare(description, options.threads);
  if (options.slurm_tasks) {
    print(sweep::slurm_script(description, {.tasks = *options.slurm_tasks,
                                            .threads = options.threads.value_or(1),
                                            .directory = std::filesystem::current_path(),
                                            .command = worker_command(options)}));
    return 0;
  }
  if (options.dry_run) {
    return list_runs(plan, signals);
  }
  if (options.only_table) {
    print_table(plan, sweep::read_standings(plan), options.form);
    return 0;
  }
  return run_workers(plan, options, signals);
}

void add_flags(CLI::App& verb, SweepOptions& options) {
  constexpr std::int64_t most = 1'000'000'000;
  const auto add = [&](const char* name, auto& value, const char* type, const char* description) {
    return verb.add_option(name, value, description)->type_name(type);
  };
  add("SWEEP", options.file, "FILE", "What to train: the settings and seeds, as TOML")->required();
  add("--out", options.out, "DIR",
      "The directory of the runs (default: the file's, or runs/NAME of the file)");
  CLI::Option* epochs = add("--epochs", options.epochs, "N", "The passes over the data of every run");
  epochs->check(in_range(1, most));
  add("--steps", options.steps, "N", "The steps of every run, instead of epochs")
      ->check(in_range(1, most))
      ->excludes(epochs);
  add("--threads", options.threads, "N", "The threads of this worker; 0: one per processor")
      ->check(in_range(0, 1024));
  add("--budget", options.budget, "TIME", "Stop after this time, with a checkpoint: 90s, 45m, 1h30m");
  verb.add_flag("--table", options.only_table, "Print the table of what is there, and train nothing");
  verb.add_flag("--dry-run", options.dry_run,
                "List the runs and about how long they take, and train nothing");
  CLI::Option* slurm =
      add("--slurm", options.slurm_tasks, "N", "Print a script for sbatch with N workers, and train nothing");
  slurm->check(in_range(1, 100'000));
  CLI::Option* markdown = verb.add_flag_callback(
      "--markdown", [&options] { options.form = Form::markdown; }, "Print the table as Markdown");
  verb.add_flag_callback(
          "--json", [&options] { options.form = Form::json; }, "Print the table as a JSON object")
      ->excludes(markdown);
  verb.add_flag("--quiet", options.quiet, "Print only errors and the table");
}

}  // namespace

void add_sweep(CLI::App& app, Action& action) {
  CLI::App* verb =
      app.add_subcommand("sweep", "Train many runs: seeds, settings and recipes, and compare them");
  const auto options = std::make_shared<SweepOptions>();
  add_flags(*verb, *options);
  verb->footer(
      "Examples:\n"
      "  ganymede sweep rates.toml                       one run after the other, with all processors\n"
      "  mpirun -np 8 ganymede sweep rates.toml --threads 1   eight workers\n"
      "  ganymede sweep rates.toml --slurm 16 > job.sh   a script: sbatch job.sh\n"
      "  ganymede sweep rates.toml --table --markdown    what is known by now\n"
      "  ganymede serve runs/rates                       the runs as a web page\n"
      "rates.toml:\n"
      "  recipe = \"dense\"            # or several: [\"dense\", \"conv\"]\n"
      "  epochs = 3                  # or steps = 500\n"
      "  seeds = [1, 2, 3, 4, 5]\n"
      "  rank_by = \"frechet_distance\"\n"
      "  [grid]                      # every combination of these, as --set names them\n"
      "  \"generator_optimizer.learning_rate, discriminator_optimizer.learning_rate\" = [1e-4, 2e-4, 4e-4]\n"
      "  objective.loss = [\"bce_with_logits\", \"hinge\"]\n"
      "Ctrl-C leaves runs that the same command goes on with, like a killed worker does, and several "
      "workers\n"
      "may share a directory. docs/scale.md has the rest.");
  verb->callback([&action, options] { action = [options] { return run_sweep(*options); }; });
}

}  // namespace ganymede::cli
