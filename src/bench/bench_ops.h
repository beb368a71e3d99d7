#pragma once

#include <cstdint>
#include <vector>

#include "bench/measurement.h"
#include "train/recipe/recipe.h"

namespace ganymede::bench {

/// A row for each operation of ops/recipe_cases.h in the recipe, measured alone in the recipe's precision and
/// batch for about `seconds` each. `peak` is the speed of a large product in GFLOP/s.
std::vector<Measurement> op_rows(const train::Recipe& recipe, const ops::Device& device, double peak,
                                 double seconds);

}  // namespace ganymede::bench
