#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "base/host.h"
#include "base/threads/team.h"
#include "bench/bench_ops.h"
#include "bench/busy_processes.h"
#include "bench/measurement.h"
#include "bench/timing.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "data/data_source.h"
#include "train/feeder.h"
#include "train/recipe/embedded_recipes.h"
#include "train/sampling.h"
#include "train/trainer.h"

namespace ganymede::cli {

namespace {

struct BenchOptions {
  std::optional<std::string> recipe;
  std::optional<std::int64_t> batch;
  std::optional<std::string> precision;
  int threads = 0;
  std::optional<double> seconds;
  std::optional<std::string> only;
  int beside = 0;
  bool json = false;
};

/// The parts of a recipe that can be measured.
constexpr std::array<const char*, 4> parts = {"step", "sample", "layers", "ops"};

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

/// Measures one recipe in one precision.
class Bench {
 public:
  Bench(const train::Recipe& recipe, const data::Dataset& dataset, const ops::Device& device, double peak,
        double seconds)
      : recipe_(recipe),
        device_(device),
        peak_(peak),
        seconds_(seconds),
        model_(recipe, dataset.image_shape(), dataset.classes(), device),
        feeder_(recipe, dataset.train, dataset.classes()) {}

  /// The whole step: data, noise, both networks, both optimisers.
  bench::Measurement step() {
    const double seconds = bench::median_seconds([this] { run_step(); }, seconds_);
    const double operations = operations_a_step();
    return row("step", seconds, recipe_.training.batch_size, operations);
  }

  /// The step without the busy processes, and beside them, in the same run.
  std::vector<bench::Measurement> step_beside(bench::BusyProcesses& busy) {
    const double operations = operations_a_step();
    const std::int64_t images = recipe_.training.batch_size;
    const double quiet = bench::seconds_in_windows([this] { run_step(); }, seconds_);
    busy.start();
    const double beside = bench::seconds_in_windows([this] { run_step(); }, seconds_);
    busy.pause();
    const std::size_t count = busy.ids().size();
    const std::string what = fmt::format("step beside {} busy process{}", count, count == 1 ? "" : "es");
    std::vector<bench::Measurement> rows = {row("step", quiet, images, operations),
                                            row(what, beside, images, operations)};
    rows.back().to_quiet = beside / quiet;
    return rows;
  }

  bench::Measurement sample() {
    constexpr std::int64_t count = 1000;
    constexpr std::int64_t batch = 100;
    train::ImageMaker maker(model_.networks().generator().spec(), model_.networks().generator().weights(),
                            device_, train::resolve(recipe_.training.precision), batch);
    const auto latents = train::sample_latents(recipe_, 1, count);
    const auto labels = train::sample_labels(
        count, 1, std::max<std::int64_t>(1, net::label_classes(model_.networks().generator().spec())));
    std::vector<float> images(static_cast<std::size_t>(count * maker.image_shape().elements()));
    const double seconds = bench::median_seconds([&] { maker.make(latents, labels, images); }, seconds_);
    return row("sample 1,000", seconds, count, static_cast<double>(count) * operations_an_image());
  }

  std::vector<bench::Measurement> layers() {
    constexpr std::int64_t steps = 10;
    model_.time_passes(true);
    for (std::int64_t i = 0; i < steps; ++i) {
      run_step();
    }
    std::vector<bench::Measurement> rows = bench::pass_rows(recipe_, model_.pass_times(), steps, peak_);
    model_.time_passes(false);
    return rows;
  }

 private:
  void run_step() { model_.take_step(step_++, feeder_); }

  double operations_an_image() {
    return 2.0 * static_cast<double>(net::multiply_adds(model_.networks().generator().spec()));
  }

  double operations_a_step() {
    model_.time_passes(true);
    run_step();
    const auto times = model_.pass_times();
    model_.time_passes(false);
    return std::accumulate(times.begin(), times.end(), 0.0,
                           [](double sum, const net::PassTime& time) { return sum + time.operations; });
  }

  bench::Measurement row(const std::string& what, double seconds, std::int64_t images,
                         double operations) const {
    return bench::with_rate({.recipe = recipe_.name,
                             .precision = train::precision_name(recipe_),
                             .what = what,
                             .milliseconds = 1e3 * seconds,
                             .images_per_s = static_cast<double>(images) / seconds},
                            operations, peak_);
  }

  train::Recipe recipe_;
  const ops::Device& device_;
  double peak_;
  double seconds_;
  train::Model model_;
  train::Feeder feeder_;
  std::uint64_t step_ = 0;
};

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
  Bench bench(recipe, dataset, device, peak, seconds_of(options));
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

int run_bench(const BenchOptions& options) {
  check(options);
  Console console;
  bench::BusyProcesses busy(options.beside);  // first, since they are copies of this process
  const base::Team team(options.threads);
  const ops::Device device;
  std::map<std::string, data::Dataset> datasets;
  std::vector<bench::Measurement> rows;
  for (const std::string& precision : precisions_of(options, console)) {
    const base::DType type = precision == "bf16" ? base::DType::bf16 : base::DType::f32;
    const double peak = bench::peak_gflops(device, type);
    rows.push_back({.precision = precision, .what = "peak: one large product", .gflops = peak});
    for (const std::string& name : recipes_of(options)) {
      const train::Recipe recipe = recipe_of(name, precision, options);
      // One recipe or those that ship, of which none asks for a size.
      if (!datasets.contains(recipe.data)) {
        datasets.emplace(recipe.data, data::open_data(recipe.data, data::Splits::train_only, recipe.images));
      }
      std::ranges::move(rows_of(recipe, datasets.at(recipe.data), device, peak, options, busy),
                        std::back_inserter(rows));
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
  expect_one_of(verb->add_option("--only", options->only, "Measure only this part"),
                {parts.begin(), parts.end()});
  verb->add_option("--seconds", options->seconds,
                   "The time to measure a step; an operation takes a tenth (default: 1; with --beside 5)")
      ->type_name("S")
      ->check(number_between(0.01, 3600.0));
  verb->add_option("--beside", options->beside, "Measure the step alone, then beside N busy processes")
      ->type_name("N")
      ->check(in_range(1, 1024));
  verb->add_flag("--json", options->json, "Print a JSON object per line instead of the table");
  verb->footer(
      "Examples:\n"
      "  ganymede bench\n"
      "  ganymede bench --recipe conv --precision bf16\n"
      "  ganymede bench --recipe dense --batch 32 --only step --seconds 5 --json\n"
      "  ganymede bench --recipe dense --beside 2\n"
      "Times are medians; \"peak\" is the ratio to the speed of one large matrix product in the same run.\n"
      "With --beside they are medians over windows of many steps; \"to quiet\" is the ratio of both rows.");
  verb->callback([&action, options] { action = [options] { return run_bench(*options); }; });
}

}  // namespace ganymede::cli
