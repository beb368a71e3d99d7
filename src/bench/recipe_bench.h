#pragma once

#include <cstdint>
#include <vector>

#include "bench/busy_processes.h"
#include "bench/measurement.h"
#include "data/dataset.h"
#include "dist/group.h"
#include "ops/device.h"
#include "train/feeder.h"
#include "train/model.h"
#include "train/recipe/recipe.h"

namespace ganymede::bench {

/// Measures one recipe in one precision: its step, sampling and layers.
class RecipeBench {
 public:
  /// `dataset` and `device` must outlive it. `peak` is the speed of a large product in GFLOP/s; a step is
  /// measured for about `seconds`.
  RecipeBench(const train::Recipe& recipe, const data::Dataset& dataset, const ops::Device& device,
              double peak, double seconds);

  Measurement step();  ///< The whole step: data, noise, both networks, both optimisers.
  /// The step without the busy processes, and beside them, in the same run.
  std::vector<Measurement> step_beside(BusyProcesses& busy);
  Measurement sample();               ///< 1,000 images, in batches of 100.
  std::vector<Measurement> layers();  ///< Each pass of each layer.

 private:
  void run_step() { model_.take_step(step_++, feeder_); }
  double operations_an_image();
  double operations_a_step();
  Measurement row(const std::string& what, double seconds, std::int64_t images, double operations) const;

  train::Recipe recipe_;
  const ops::Device& device_;
  double peak_;
  double seconds_;
  train::Model model_;
  train::Feeder feeder_;
  std::uint64_t step_ = 0;
};

}  // namespace ganymede::bench
