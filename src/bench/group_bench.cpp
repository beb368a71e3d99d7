#include "bench/group_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>

#include "base/stopwatch.h"
#include "bench/timing.h"
#include "train/feeder.h"
#include "train/model.h"

namespace ganymede::bench {

namespace {

/// Has all parts repeat an action until the first one's clock says enough; returns that one's median time.
class Together {
 public:
  explicit Together(dist::Group& group) : group_(group), part_(group, 0) {}

  double median_seconds(const std::function<void()>& action, double budget) {
    const auto once = [&] {
      go_on(true);
      action();
      ++repetitions_;
    };
    const dist::Traffic before = group_.traffic();
    repetitions_ = 0;
    double seconds = 0.0;
    if (part_.leads()) {
      seconds = bench::median_seconds(once, budget);
      go_on(false);
    } else {
      while (go_on(true)) {
        action();
        ++repetitions_;
      }
    }
    const double count = static_cast<double>(repetitions_);
    exchanges_ = static_cast<double>(group_.traffic().exchanges - before.exchanges) / count;
    sent_ = static_cast<double>(group_.traffic().sent - before.sent) / count;
    read_ = static_cast<double>(group_.traffic().read - before.read) / count;
    return seconds;
  }

  Measurement with_traffic(Measurement measurement) const {
    measurement.exchanges = exchanges_;
    measurement.sent_bytes = sent_;
    measurement.read_bytes = read_;
    return measurement;
  }

 private:
  /// What the first part says.
  bool go_on(bool value) const {
    part_.broadcast(std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }

  dist::Group& group_;
  dist::Part part_;
  std::int64_t repetitions_ = 0;
  double exchanges_ = 0.0;
  double sent_ = 0.0;
  double read_ = 0.0;
};

}  // namespace

Measurement step_in_parts(const train::Recipe& recipe, const data::Dataset& dataset,
                          const ops::Device& device, double seconds, dist::Group& group) {
  train::require_divisible(recipe, group.parts());
  const dist::Part part(group, 0);
  train::Model model(recipe, dataset.image_shape(), dataset.classes(), device, part);
  train::Feeder feeder(recipe, dataset.train, dataset.classes(), part.share());
  std::uint64_t step = 0;
  Together together(group);
  const double time = together.median_seconds([&] { model.take_step(step++, feeder); }, seconds);
  return together.with_traffic({.recipe = recipe.name,
                                .precision = train::precision_name(recipe),
                                .what = "step",
                                .milliseconds = 1e3 * time,
                                .images_per_s = static_cast<double>(recipe.training.batch_size) / time});
}

std::vector<Measurement> network_rows(double seconds, dist::Group& group) {
  const dist::Part part(group, 0);
  Together together(group);
  std::vector<Measurement> rows;
  // All wait for each other in it, as training ones do: one that runs ahead, since what it sent still waits
  // in the network's buffers, would have each send while the other does not.
  const auto meet = [&] {
    float number = 0.0F;
    part.sum({&number, 1});
  };
  const double latency = together.median_seconds(meet, seconds);
  rows.push_back(together.with_traffic({.what = "sum of a number", .milliseconds = 1e3 * latency}));
  for (const std::size_t kilobytes : {64, 512, 4096, 16384}) {
    dist::Memory memory = part.allocate(kilobytes * 1024 / sizeof(float));
    const double time = together.median_seconds(
        [&] {
          meet();
          part.mean_slice(memory);
          meet();
          part.gather_slices(memory);
        },
        seconds);
    rows.push_back(together.with_traffic(
        {.what = fmt::format("mean of {} kB, gathered", kilobytes), .milliseconds = 1e3 * time}));
  }
  return rows;
}

}  // namespace ganymede::bench
