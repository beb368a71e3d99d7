#include "bounded.h"

#include <algorithm>

namespace ganymede::reference {

Values stored(Values values, base::DType type) {
  std::ranges::transform(values, values.begin(), [=](Bounded x) { return stored(x, type); });
  return values;
}

Bounded followed(Bounded x, base::DType type) {
  if (type == base::DType::f32) {
    return x;
  }
  const auto nearest = [](double value) {
    return static_cast<double>(static_cast<float>(base::bf16(static_cast<float>(value))));
  };
  // What is not exact is widened by the rounding to float on the way.
  const double reach = x.error == 0.0 ? 0.0 : x.error + unit_roundoff(base::DType::f32) * x.magnitude();
  const double middle = nearest(x.value);
  return {middle, std::max(nearest(x.value + reach) - middle, middle - nearest(x.value - reach))};
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
