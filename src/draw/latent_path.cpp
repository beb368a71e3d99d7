#include "draw/latent_path.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ganymede::draw {

namespace {

float angle_between(std::span<const float> a, std::span<const float> b) {
  const auto product = [](std::span<const float> x, std::span<const float> y) {
    return std::inner_product(x.begin(), x.end(), y.begin(), 0.0F);
  };
  const float lengths = std::sqrt(product(a, a) * product(b, b));
  return lengths > 0.0F ? std::acos(std::clamp(product(a, b) / lengths, -1.0F, 1.0F)) : 0.0F;
}

}  // namespace

void interpolate(train::Distribution distribution, std::span<const float> from, std::span<const float> to,
                 float share, std::span<float> point) {
  constexpr float smallest_angle = 1e-3F;
  float from_weight = 1.0F - share;
  float to_weight = share;
  const float angle = distribution == train::Distribution::normal ? angle_between(from, to) : 0.0F;
  // Opposite points have no shortest arc between them.
  if (std::sin(angle) > smallest_angle) {
    from_weight = std::sin((1.0F - share) * angle) / std::sin(angle);
    to_weight = std::sin(share * angle) / std::sin(angle);
  }
  std::ranges::transform(from, to, point.begin(),
                         [&](float a, float b) { return from_weight * a + to_weight * b; });
}

}  // namespace ganymede::draw
