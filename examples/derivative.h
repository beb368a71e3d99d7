#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace examples {

/// How far `derivatives`, of what `value()` computes from `inputs`, are from central differences at most.
/// The first thing to look at when a loss or a layer of one's own does not learn.
template <class Function>
float largest_error(const Function& value, std::span<float> inputs, std::span<const float> derivatives) {
  constexpr float step = 1e-2F;
  float largest = 0.0F;
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    const float here = inputs[n];
    inputs[n] = here + step;
    const float above = value();
    inputs[n] = here - step;
    const float below = value();
    inputs[n] = here;
    largest = std::max(largest, std::abs((above - below) / (2.0F * step) - derivatives[n]));
  }
  return largest;
}

}  // namespace examples
