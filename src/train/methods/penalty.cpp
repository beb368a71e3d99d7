#include "train/methods/penalty.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace ganymede::train {

namespace {

double norm(std::span<const float> vector) {
  double squares = 0.0;
  for (const float element : vector) {
    squares += static_cast<double>(element) * static_cast<double>(element);
  }
  return std::sqrt(squares);
}

/// d/dg lambda (|g| - 1)^2 = this times g; where g vanishes, any direction is as good as none.
double pull_to_one(double lambda, double length) {
  constexpr double epsilon = 1e-12;
  return 2.0 * lambda * (length - 1.0) / std::max(length, epsilon);
}

}  // namespace

void penalty_directions(const PenaltySettings& penalty, double factor, std::int64_t pairs,
                        std::span<const float> gradients, std::span<float> directions) {
  assert(gradients.size() == directions.size());
  const std::size_t samples = static_cast<std::size_t>(parts_of_batch(penalty) * pairs);
  const std::size_t image = gradients.size() / samples;
  const double mean = factor / static_cast<double>(pairs);
  const std::array gammas = {penalty.r1, penalty.r2};
  for (std::size_t n = 0; n < samples; ++n) {
    const std::span gradient = gradients.subspan(n * image, image);
    const std::size_t part = n / static_cast<std::size_t>(pairs);
    const double scale =
        part < gammas.size() ? gammas[part] : pull_to_one(penalty.gradient_penalty, norm(gradient));
    std::ranges::transform(gradient, directions.begin() + static_cast<std::ptrdiff_t>(n * image),
                           [scale = static_cast<float>(mean * scale)](float g) { return scale * g; });
  }
}

void backward_penalised(const PenaltySettings& penalty, double factor, std::int64_t pairs,
                        std::span<const float> diff_logits, net::Program& program) {
  std::ranges::fill(program.output_gradient(), 1.0F);
  program.backward();
  penalty_directions(penalty, factor, pairs, program.input_gradient(), program.input_tangent());
  program.tangent();
  program.contract(diff_logits);
}

void interpolate(std::span<const float> shares, std::span<const float> real, std::span<const float> fake,
                 std::span<float> points) {
  const std::size_t image = real.size() / shares.size();
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = fake[i] + shares[i / image] * (real[i] - fake[i]);
  }
}

}  // namespace ganymede::train
