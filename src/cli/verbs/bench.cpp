#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "base/host.h"
#include "base/threads/team.h"
#include "bench/bench_ops.h"
#include "bench/busy_processes.h"
#include "bench/group_bench.h"
#include "bench/measurement.h"
#include "bench/ranks.h"
#include "bench/recipe_bench.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "data/data_source.h"
#include "dist/world.h"
#include "train/recipe/embedded_recipes.h"

namespace ganymede::cli {

namespace {

namespace fs = std::filesystem;

struct BenchOptions {
  std::optional<std::string> recipe;
  std::optional<std::int64_t> batch;
  std::optional<std::string> precision;
  int threads = 0;
  std::optional<double> seconds;
  std::optional<std::string> only;
  int beside = 0;
  int ranks = 0;
  bool json = false;
};

/// The parts of a recipe that can be measured.
constexpr std::array<const char*, 5> parts = {"step", "sample", "layers", "ops", "network"};

/// Seconds to measure a step; beside other processes it must span many of the scheduler's time slices.
double seconds_of(const BenchOptions& options) {
  return options.seconds.value_or(options.beside > 0 ? 5.0 : 1.0);
}

bool wants(const BenchOptions& options, const std::string& part) {
  if (options.beside > 0) {
    return part == "step";
  }
  if (options.only) {
    return *options.only == part;
  }
  // For all recipes, layers would be too many rows; the layers of one recipe include its operations.
  return part == "layers" ? options.recipe.has_value() : part != "ops" || !options.recipe;
}

std::vector<std::string> recipes_of(const BenchOptions& options) {
  if (options.recipe) {
    return {*options.recipe};
  }
  std::vector<std::string> names;
  for (const train::EmbeddedRecipe& recipe : train::embedded_recipes()) {
    names.emplace_back(recipe.name);
  }
  return names;
}

std::vector<std::string> precisions_of(const BenchOptions& options, Console& console) {
  if (options.precision) {
    return {*options.precision};
  }
  if (!ops::capabilities().bf16) {
    console.say("No bf16: this processor has no kernels for it.");
    return {"f32"};
  }
  return {"f32", "bf16"};
}

void check(const BenchOptions& options) {
  if (options.only == "network" && !dist::launched_processes()) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = "--only network",
                       .found = "one process",
                       .expected = "several, which measure what an exchange costs them",
                       .advice = "Start it with mpirun -np 2 ganymede bench --only network"});
  }
  if (options.beside > 0 && options.only.value_or("step") != "step") {
    throw base::Error(base::ErrorKind::usage, {.where = "--only",
                                               .found = *options.only,
                                               .expected = "step, the only part that --beside measures",
                                               .advice = "Leave one of the two options out"});
  }
}

train::Recipe recipe_of(const std::string& name, const std::string& precision, const BenchOptions& options) {
  std::vector<std::string> settings = {"training.precision=" + precision};
  if (options.batch) {
    settings.push_back(fmt::format("training.batch_size={}", *options.batch));
  }
  return artifacts::load_recipe(name, settings);
}

std::vector<bench::Measurement> rows_of(const train::Recipe& recipe, const data::Dataset& dataset,
                                        const ops::Device& device, double peak, const BenchOptions& options,
                                        bench::BusyProcesses& busy) {
  std::vector<bench::Measurement> rows;
  if (wants(options, "ops")) {
    constexpr double share = 0.1;
    rows = bench::op_rows(recipe, device, peak, share * seconds_of(options));
  }
  bench::RecipeBench bench(recipe, dataset, device, peak, seconds_of(options));
  if (options.beside > 0) {
    std::ranges::move(bench.step_beside(busy), std::back_inserter(rows));
  } else if (wants(options, "step")) {
    rows.push_back(bench.step());
  }
  if (wants(options, "sample")) {
    rows.push_back(bench.sample());
  }
  if (wants(options, "layers")) {
    std::ranges::move(bench.layers(), std::back_inserter(rows));
  }
  return rows;
}

/// The data of the recipes, each opened once: one recipe or those that ship, of which none asks for a size.
class Datasets {
 public:
  const data::Dataset& of(const train::Recipe& recipe) {
    if (!opened_.contains(recipe.data)) {
      opened_.emplace(recipe.data, data::open_data(recipe.data, data::Splits::train_only, recipe.images));
    }
    return opened_.at(recipe.data);
  }

 private:
  std::map<std::string, data::Dataset> opened_;
};

std::vector<bench::Measurement> rows_here(const BenchOptions& options, Console& console,
                                          bench::BusyProcesses& busy) {
  const ops::Device device;
  Datasets datasets;
  std::vector<bench::Measurement> rows;
  for (const std::string& precision : precisions_of(options, console)) {
    const base::DType type = precision == "bf16" ? base::DType::bf16 : base::DType::f32;
    const double peak = bench::peak_gflops(device, type);
    rows.push_back({.precision = precision, .what = "peak: one large product", .gflops = peak});
    for (const std::string& name : recipes_of(options)) {
      const train::Recipe recipe = recipe_of(name, precision, options);
      std::ranges::move(rows_of(recipe, datasets.of(recipe), device, peak, options, busy),
                        std::back_inserter(rows));
    }
  }
  return rows;
}

/// With the other processes that a launcher has started.
std::vector<bench::Measurement> rows_together(const BenchOptions& options, Console& console,
                                              const dist::World& world) {
  dist::Group group(world.processes().count, world.processes());
  if (options.only == "network") {
    return bench::network_rows(seconds_of(options), group);
  }
  const ops::Device device;
  Datasets datasets;
  std::vector<bench::Measurement> rows;
  for (const std::string& precision : precisions_of(options, console)) {
    for (const std::string& name : recipes_of(options)) {
      const train::Recipe recipe = recipe_of(name, precision, options);
      rows.push_back(bench::step_in_parts(recipe, datasets.of(recipe), device, seconds_of(options), group));
    }
  }
  return rows;
}

/// One process beside several, which are started with mpirun.
std::vector<bench::Measurement> rows_of_ranks(const BenchOptions& options, Console& console) {
  std::vector<bench::Measurement> rows;
  for (const std::string& precision : precisions_of(options, console)) {
    for (const std::string& name : recipes_of(options)) {
      const std::int64_t batch = recipe_of(name, precision, options).training.batch_size;
      std::ranges::move(bench::rank_rows({.program = fs::read_symlink("/proc/self/exe"),
                                          .recipe = name,
                                          .precision = precision,
                                          .batch = batch,
                                          .ranks = options.ranks,
                                          .threads = std::max(options.threads, 1),
                                          .seconds = seconds_of(options)}),
                        std::back_inserter(rows));
    }
  }
  return rows;
}

int run_bench(const BenchOptions& options) {
  check(options);
  Console console;
  std::vector<bench::Measurement> rows;
  if (options.ranks > 0) {
    rows = rows_of_ranks(options, console);
  } else {
    bench::BusyProcesses busy(options.beside);  // first, since they are copies of this process
    const dist::World world;
    const base::Team team(options.threads);
    rows = world.processes().count > 1 ? rows_together(options, console, world)
                                       : rows_here(options, console, busy);
    if (!world.leads()) {
      return 0;
    }
  }
  print(options.json ? bench::json_lines(rows) : table(rows));
  return 0;
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("bench", "Measure the training step, sampling and each layer");
  const auto options = std::make_shared<BenchOptions>();
  verb->add_option("--recipe", options->recipe,
                   "A recipe, with a row for each layer and pass (default: all recipes, with a row for each "
                   "operation)")
      ->type_name(recipe_type);
  verb->add_option("--batch", options->batch, "The number of images per step")
      ->type_name("N")
      ->check(in_range(1, 65536));
  expect_one_of(
      verb->add_option("--precision", options->precision, "The type of the operands (default: both)"),
      {"f32", "bf16"});
  verb->add_option("--threads", options->threads, "The number of threads; 0: one per processor")
      ->type_name("N")
      ->check(in_range(0, 1024));
  expect_one_of(verb->add_option("--only", options->only,
                                 "Measure only this part; network: what exchanges cost the processes that "
                                 "mpirun started"),
                {parts.begin(), parts.end()});
  verb->add_option("--seconds", options->seconds,
                   "The time to measure a step; an operation takes a tenth (default: 1; with --beside 5)")
      ->type_name("S")
      ->check(number_between(0.01, 3600.0));
  verb->add_option("--beside", options->beside, "Measure the step alone, then beside N busy processes")
      ->type_name("N")
      ->check(in_range(1, 1024));
  verb->add_option("--ranks", options->ranks,
                   "Compare one process with N of them, of --threads threads each (default: 1)")
      ->type_name("N")
      ->check(in_range(2, 1024));
  verb->add_flag("--json", options->json, "Print a JSON object per line instead of the table");
  verb->footer(
      "Examples:\n"
      "  ganymede bench\n"
      "  ganymede bench --recipe conv --precision bf16\n"
      "  ganymede bench --recipe dense --batch 32 --only step --seconds 5 --json\n"
      "  ganymede bench --recipe dense --beside 2\n"
      "  ganymede bench --recipe dense --ranks 2\n"
      "  mpirun -np 4 ganymede bench --only network\n"
      "Times are medians; \"peak\" is the ratio to the speed of one large matrix product in the same run.\n"
      "With --beside they are medians over windows of many steps; \"to quiet\" is the ratio of both rows.\n"
      "With --ranks, \"to one\" is the ratio to the step of one process with as many threads, \"weak\" the "
      "step of "
      "one\nof the processes alone by that of all; MB are those that a process sends to others or reads of "
      "them.");
  verb->callback([&action, options] { action = [options] { return run_bench(*options); }; });
}

}  // namespace ganymede::cli
