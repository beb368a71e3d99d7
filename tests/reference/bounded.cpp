#include "bounded.h"

#include <algorithm>

namespace ganymede::reference {

Values stored(Values values, base::DType type) {
  std::ranges::transform(values, values.begin(), [=](Bounded x) { return stored(x, type); });
  return values;
}

Values totals(const std::vector<Sum>& sums) {
  Values values(sums.size());
  std::ranges::transform(sums, values.begin(), &Sum::total);
  return values;
}

Values exact(std::span<const float> values) {
  Values result(values.size());
  std::ranges::transform(values, result.begin(), [](float value) { return Bounded{value, 0.0}; });
  return result;
}

std::vector<double> doubles(const Values& values) {
  std::vector<double> result(values.size());
  std::ranges::transform(values, result.begin(), &Bounded::value);
  return result;
}

}  // namespace ganymede::reference
