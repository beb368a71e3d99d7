#include "ops/adam.h"

#include <cmath>

#include "base/threads/parallel.h"
#include "ops/clones.h"

namespace ganymede::ops {

namespace {

using base::bf16;

constexpr std::int64_t grain = 16 * 1024;

/// The factors that one step has in common, computed once in double.
struct Factors {
  float beta1, one_minus_beta1, beta2, one_minus_beta2, step_size, root_correction, epsilon;
};

Factors factors(const AdamSettings& s, std::int64_t step) {
  const double correction1 = 1.0 - std::pow(s.beta1, static_cast<double>(step));
  const double correction2 = 1.0 - std::pow(s.beta2, static_cast<double>(step));
  return {static_cast<float>(s.beta1),
          static_cast<float>(1.0 - s.beta1),
          static_cast<float>(s.beta2),
          static_cast<float>(1.0 - s.beta2),
          static_cast<float>(s.learning_rate / correction1),
          static_cast<float>(1.0 / std::sqrt(correction2)),
          static_cast<float>(s.epsilon)};
}

GANYMEDE_CLONES void update(const Factors& f, const float* __restrict g, float* __restrict p,
                            float* __restrict m, float* __restrict v, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    m[i] = f.beta1 * m[i] + f.one_minus_beta1 * g[i];
    v[i] = f.beta2 * v[i] + f.one_minus_beta2 * g[i] * g[i];
    p[i] -= f.step_size * m[i] / (std::sqrt(v[i]) * f.root_correction + f.epsilon);
  }
}

GANYMEDE_CLONES void round_to_shadow(const float* __restrict p, bf16* __restrict shadow, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    shadow[i] = bf16(p[i]);
  }
}

}  // namespace

void adam(const AdamSettings& settings, std::int64_t step, const AdamTensors& t) {
  constexpr std::int64_t cached = 2048;
  const Factors f = factors(settings, step);
  base::parallel_for(static_cast<std::int64_t>(t.parameters.size()), grain,
                     [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t i = begin; i < end; i += cached) {
                         const std::int64_t count = std::min(cached, end - i);
                         update(f, t.gradients.data() + i, t.parameters.data() + i,
                                t.first_moments.data() + i, t.second_moments.data() + i, count);
                         if (!t.shadow.empty()) {
                           round_to_shadow(t.parameters.data() + i, t.shadow.data() + i, count);
                         }
                       }
                     });
}

}  // namespace ganymede::ops
