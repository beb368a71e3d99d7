#pragma once

#include <vector>

#include "bench/measurement.h"
#include "data/dataset.h"
#include "dist/group.h"
#include "ops/device.h"
#include "train/recipe/recipe.h"

namespace ganymede::bench {

/// The step of a training with a part in each process of `group`, with what this process sends and reads in
/// it. All processes measure together for about `seconds`; the first one's row counts.
Measurement step_in_parts(const train::Recipe& recipe, const data::Dataset& dataset,
                          const ops::Device& device, double seconds, dist::Group& group);

/// What exchanges cost among the processes of `group`: a row for a single number, whose time is the latency,
/// and for a network's gradients and parameters of several sizes. All processes measure together, for about
/// `seconds` a row; the first one's rows count.
std::vector<Measurement> network_rows(double seconds, dist::Group& group);

}  // namespace ganymede::bench
