#include "serve/summary_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "artifacts/checkpoint.h"
#include "base/error.h"
#include "base/host.h"
#include "io/files/file.h"
#include "io/files/json.h"
#include "runs/metrics_file.h"
#include "runs/run_directory.h"
#include "runs/run_lock.h"

namespace ganymede::serve {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t largest_text = 1 << 20;

void add_recipe(const RunFiles& files, RunSummary& summary) {
  const train::Recipe recipe =
      train::parse_recipe(io::read_text(files.config, largest_text), files.config.string());
  summary.recipe = recipe.name;
  summary.data = recipe.data;
  summary.batch_size = recipe.training.batch_size;
}

/// Adds the scores of real images by the same protocol.
void add_floors(const runs::RunDirectory& run, RunSummary& summary) {
  const Json protocol = io::parse_foreign(io::read_text(run.scores_protocol(), largest_text));
  const Json floors = protocol.is_object() ? protocol.value("floor", Json::object()) : Json::object();
  for (const auto& [name, value] : floors.items()) {
    if (value.is_number()) {
      summary.scores[name].floor = value.get<double>();
    }
  }
}

/// Adds the last step, the time that all steps took and the newest scores.
void add_metrics(const RunFiles& files, RunSummary& summary) {
  runs::for_each_line(files.metrics, [&](std::string_view, const Json& line) {
    const auto step = line["step"].get<std::int64_t>();
    const auto time = line.find("ms_per_step");
    if (!line.contains("event") && time != line.end() && time->is_number() && step > summary.step) {
      summary.seconds += 1e-3 * time->get<double>() * static_cast<double>(step - summary.step);
      summary.step = step;
    }
    for (auto& [name, score] : summary.scores) {
      if (const auto value = line.find(name); value != line.end() && value->is_number()) {
        score.value = value->get<double>();
      }
    }
  });
}

void add_progress(const runs::RunDirectory& run, RunSummary& summary) {
  if (const std::vector<fs::path> checkpoints = run.find_checkpoints(); !checkpoints.empty()) {
    const artifacts::Progress progress = artifacts::read_progress(checkpoints.front());
    summary.step = std::max(summary.step, progress.step);
    summary.total_steps = progress.total_steps;
  }
}

RunSummary read(const RunFiles& files) {
  const runs::RunDirectory run(files.directory);
  RunSummary summary;
  const auto attempt = [](auto add) {
    try {
      add();
    } catch (const base::Error&) {
      // A run that has just begun lacks files, and the others are worth to be listed without one that is
      // damaged.
    }
  };
  attempt([&] { add_recipe(files, summary); });
  attempt([&] { add_floors(run, summary); });
  attempt([&] { add_metrics(files, summary); });
  attempt([&] { add_progress(run, summary); });
  return summary;
}

/// Changes whenever one of the files that are read does.
using Version = std::vector<std::pair<fs::file_time_type, std::uintmax_t>>;

Version version_of(const RunFiles& files) {
  const runs::RunDirectory run(files.directory);
  Version version;
  for (const fs::path& path : {files.config, files.metrics, run.scores_protocol(), run.checkpoints()}) {
    std::error_code ignored;
    const auto time = fs::last_write_time(path, ignored);
    version.emplace_back(time, fs::is_regular_file(path, ignored) ? fs::file_size(path, ignored) : 0);
  }
  return version;
}

/// What was read of each run, and of which version of its files.
class Summaries {
 public:
  RunSummary of(const RunFiles& files) {
    Version version = version_of(files);
    const std::lock_guard lock(mutex_);
    auto& [known, summary] = kept_[files.directory];
    if (known != version) {
      summary = read(files);
      known = std::move(version);
    }
    return summary;
  }

 private:
  std::mutex mutex_;
  std::map<fs::path, std::pair<Version, RunSummary>> kept_;
};

}  // namespace

std::function<RunSummary(const RunFiles&)> make_summary_reader() {
  return [summaries = std::make_shared<Summaries>()](const RunFiles& files) {
    RunSummary summary = summaries->of(files);
    summary.trains = runs::RunLock::is_held(runs::RunDirectory(files.directory));
    if (summary.total_steps == 0) {
      return summary;
    }
    std::error_code error;
    const fs::path shown = fs::proximate(files.directory, error);
    summary.resume = base::own_command({"train", "--resume", (error ? files.directory : shown).string()});
    return summary;
  };
}

}  // namespace ganymede::serve
