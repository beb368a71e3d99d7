#pragma once

#include <cstdint>
#include <vector>

#include "bench/measurement.h"
#include "train/recipe/recipe.h"

namespace ganymede::bench {

/// A row for each operation of ops/recipe_cases.h that the recipe has, measured alone in the recipe's
/// precision and batch for about `seconds` each. `peak` is what a large product reaches, in GFLOP/s.
std::vector<Measurement> op_rows(const train::Recipe& recipe, const ops::Device& device, double peak,
                                 double seconds);

}  // namespace ganymede::bench
