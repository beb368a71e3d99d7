#include "sweep/standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "artifacts/checkpoint.h"
#include "artifacts/recipe_source.h"
#include "base/refusal.h"
#include "runs/metrics_file.h"
#include "runs/run_lock.h"
#include "runs/verdict_lines.h"

namespace ganymede::sweep {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const runs::RunDirectory& run, std::string found, std::string expected) {
  constexpr base::Refusal refuse_usage{base::ErrorKind::usage};
  refuse_usage(run.path().string(), std::move(found), std::move(expected),
               "Name another directory with --out, or move this run away");
}

/// The recipe's settings as TOML, without what may differ from machine to machine.
std::string comparable(train::Recipe recipe) {
  recipe.training.threads = 0;
  return train::to_toml(recipe);
}

/// Throws where a run has other settings than `expected`.
void require_same(const runs::RunDirectory& run, const train::Recipe& found, const train::Recipe& expected) {
  std::istringstream there(comparable(found));
  std::istringstream here(comparable(expected));
  std::string line;
  std::string wanted;
  while (std::getline(here, wanted)) {
    if (!std::getline(there, line) || line != wanted) {
      refuse(run, fmt::format("a run with {}", line),
             fmt::format("one with {}, as the sweep has it", wanted));
    }
  }
}

/// The newest value of each score.
std::map<std::string, double> scores_of(const runs::RunDirectory& run) {
  std::map<std::string, double> scores;
  for (const auto& [key, newest] : runs::newest_metrics(run.metrics())) {
    scores[key] = newest.value;
  }
  return scores;
}

}  // namespace

std::string word(State state) {
  static constexpr std::array words = {"waiting", "unfinished", "running", "finished", "diverged"};
  return words[static_cast<std::size_t>(state)];
}

runs::RunDirectory claim_of(const Plan& plan, const Run& run) {
  return runs::RunDirectory(plan.description.directory() / ".claims" / run.name);
}

void make_directory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    constexpr base::Refusal refuse_file{base::ErrorKind::file};
    refuse_file(path.string(), fmt::format("\"{}\"", error.message()), "to make the directory there",
                "Choose another place with --out DIR");
  }
}

Standing read_standing(const Plan& plan, const Run& run) {
  const runs::RunDirectory directory = plan.directory(run);
  Standing standing;
  if (std::error_code ignored; !fs::is_regular_file(directory.config(), ignored)) {
    return standing;
  }
  standing.state = State::unfinished;
  const train::Recipe recipe = plan.recipe(run);
  require_same(directory, artifacts::read_recipe_file(directory.config().string()), recipe);
  if (const std::vector<fs::path> checkpoints = directory.find_checkpoints(); !checkpoints.empty()) {
    const artifacts::Progress progress = artifacts::read_progress(checkpoints.front());
    const std::int64_t expected = plan.candidates[run.setting].total_steps;
    if (progress.total_steps != expected) {
      refuse(directory, fmt::format("a run of {} steps", progress.total_steps),
             fmt::format("one of {}, as the sweep has it", expected));
    }
    standing.step = progress.step;
    if (progress.step == expected) {
      standing.state = State::finished;
      standing.scores = scores_of(directory);
      return standing;
    }
  }
  if (runs::read_history(directory.metrics(), recipe).diverged) {
    standing.state = State::diverged;
  }
  return standing;
}

std::vector<Standing> read_standings(const Plan& plan, std::vector<Standing> known) {
  known.resize(plan.runs.size());
  for (std::size_t n = 0; n < known.size(); ++n) {
    if (known[n].is_over()) {
      continue;
    }
    const Run& run = plan.runs[n];
    known[n] = read_standing(plan, run);
    if (!known[n].is_over() &&
        (runs::RunLock::is_held(claim_of(plan, run)) || runs::RunLock::is_held(plan.directory(run)))) {
      known[n].state = State::running;
    }
  }
  return known;
}

std::int64_t count(const std::vector<Standing>& standings, State state) {
  return std::ranges::count(standings, state, &Standing::state);
}

}  // namespace ganymede::sweep
