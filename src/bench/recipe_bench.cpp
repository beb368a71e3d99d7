#include "bench/recipe_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "bench/timing.h"
#include "train/sampling.h"

namespace ganymede::bench {

RecipeBench::RecipeBench(const train::Recipe& recipe, const data::Dataset& dataset, const ops::Device& device,
                         double peak, double seconds)
    : recipe_(recipe),
      device_(device),
      peak_(peak),
      seconds_(seconds),
      model_(recipe, dataset.image_shape(), dataset.classes(), device),
      feeder_(recipe, dataset.train, dataset.classes()) {}

Measurement RecipeBench::step() {
  const double seconds = median_seconds([this] { run_step(); }, seconds_);
  return row("step", seconds, recipe_.training.batch_size, operations_a_step());
}

std::vector<Measurement> RecipeBench::step_beside(BusyProcesses& busy) {
  const double operations = operations_a_step();
  const std::int64_t images = recipe_.training.batch_size;
  const double quiet = seconds_in_windows([this] { run_step(); }, seconds_);
  busy.start();
  const double beside = seconds_in_windows([this] { run_step(); }, seconds_);
  busy.pause();
  const std::size_t count = busy.ids().size();
  const std::string what = fmt::format("step beside {} busy process{}", count, count == 1 ? "" : "es");
  std::vector<Measurement> rows = {row("step", quiet, images, operations),
                                   row(what, beside, images, operations)};
  rows.back().to_quiet = beside / quiet;
  return rows;
}

Measurement RecipeBench::sample() {
  constexpr std::int64_t count = 1000;
  train::ImageMaker maker(model_.networks().generator().spec(), model_.networks().generator().weights(),
                          device_, train::resolve(recipe_.training.precision));
  const auto latents = train::sample_latents(recipe_, 1, count);
  const auto labels = train::sample_labels(
      count, 1, std::max<std::int64_t>(1, net::label_classes(model_.networks().generator().spec())));
  std::vector<float> images(static_cast<std::size_t>(count * maker.image_shape().elements()));
  const double seconds = median_seconds([&] { maker.make(latents, labels, images); }, seconds_);
  return row("sample 1,000", seconds, count, static_cast<double>(count) * operations_an_image());
}

std::vector<Measurement> RecipeBench::layers() {
  constexpr std::int64_t steps = 10;
  model_.time_passes(true);
  for (std::int64_t i = 0; i < steps; ++i) {
    run_step();
  }
  std::vector<Measurement> rows = pass_rows(recipe_, model_.pass_times(), steps, peak_);
  model_.time_passes(false);
  return rows;
}

double RecipeBench::operations_an_image() {
  return 2.0 * static_cast<double>(net::multiply_adds(model_.networks().generator().spec()));
}

double RecipeBench::operations_a_step() {
  model_.time_passes(true);
  run_step();
  const auto times = model_.pass_times();
  model_.time_passes(false);
  return std::accumulate(times.begin(), times.end(), 0.0,
                         [](double sum, const net::PassTime& time) { return sum + time.operations; });
}

Measurement RecipeBench::row(const std::string& what, double seconds, std::int64_t images,
                             double operations) const {
  return with_rate({.recipe = recipe_.name,
                    .precision = train::precision_name(recipe_),
                    .what = what,
                    .milliseconds = 1e3 * seconds,
                    .images_per_s = static_cast<double>(images) / seconds},
                   operations, peak_);
}

}  // namespace ganymede::bench
