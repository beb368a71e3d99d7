#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"

namespace ganymede::reference {

/// `count` numbers from -1 to 1 that depend on `seed` alone.
inline std::vector<float> random_values(std::uint64_t seed, std::int64_t count) {
  std::vector<float> values(static_cast<std::size_t>(count));
  base::fill_uniform({.seed = seed}, -1.0F, 1.0F, values);
  return values;
}

}  // namespace ganymede::reference
