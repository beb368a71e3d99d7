#include "ops/elementwise/activation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "base/threads/parallel.h"
#include "ops/clones.h"

namespace ganymede::ops {

namespace {

using base::bf16;

constexpr std::int64_t grain = 16 * 1024;

template <class T>
GANYMEDE_INLINE void scale_negative(float slope, T* data, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const auto x = static_cast<float>(data[i]);
    data[i] = static_cast<T>(x > 0.0F ? x : slope * x);
  }
}
GANYMEDE_CLONES void leaky_relu(float slope, float* data, std::int64_t count) {
  scale_negative(slope, data, count);
}
GANYMEDE_CLONES void leaky_relu(float slope, bf16* data, std::int64_t count) {
  scale_negative(slope, data, count);
}

/// product = diff f'(x) from dst = f(x); may be either of them.
template <class D, class S, class T>
GANYMEDE_INLINE void multiply_by_derivative(const Activation& activation, const D* dst, const S* diff,
                                            T* product, std::int64_t count) {
  const auto each = [&](auto derivative) {
    for (std::int64_t i = 0; i < count; ++i) {
      product[i] = static_cast<T>(static_cast<float>(diff[i]) * derivative(static_cast<float>(dst[i])));
    }
  };
  switch (activation.function) {
    case Function::leaky_relu:
    case Function::relu:
      each([slope = activation.slope](float y) { return y > 0.0F ? 1.0F : slope; });
      break;
    case Function::tanh:
      each([](float y) { return 1.0F - y * y; });
      break;
    case Function::sigmoid:
      each([](float y) { return y * (1.0F - y); });
      break;
    case Function::leaky_hard_tanh:
      each([slope = activation.slope](float y) { return y > -1.0F && y < 1.0F ? 1.0F : slope; });
      break;
  }
}
GANYMEDE_CLONES void derivative(const Activation& f, const float* dst, const float* diff, float* product,
                                std::int64_t count) {
  multiply_by_derivative(f, dst, diff, product, count);
}
GANYMEDE_CLONES void derivative(const Activation& f, const float* dst, const bf16* diff, bf16* product,
                                std::int64_t count) {
  multiply_by_derivative(f, dst, diff, product, count);
}
GANYMEDE_CLONES void derivative(const Activation& f, const bf16* dst, const bf16* diff, bf16* product,
                                std::int64_t count) {
  multiply_by_derivative(f, dst, diff, product, count);
}
GANYMEDE_CLONES void derivative(const Activation& f, const bf16* dst, const float* diff, float* product,
                                std::int64_t count) {
  multiply_by_derivative(f, dst, diff, product, count);
}
GANYMEDE_CLONES void derivative(const Activation& f, const bf16* dst, const float* diff, bf16* product,
                                std::int64_t count) {
  multiply_by_derivative(f, dst, diff, product, count);
}
GANYMEDE_CLONES void derivative(const Activation& f, const float* dst, const bf16* diff, float* product,
                                std::int64_t count) {
  multiply_by_derivative(f, dst, diff, product, count);
}

/// e^x for |x| <= 88: 2^n e^r with n whole and |r| <= ln(2) / 2, where a polynomial of degree 6 is exact to a
/// unit in the last place. The C library's functions prevent vectorisation.
GANYMEDE_INLINE float exponential(float x) {
  constexpr float whole = 12582912.0F;  // 1.5 * 2^23: adding it rounds to a whole number
  const float shifted = x * 1.44269504F + whole;
  const float n = shifted - whole;
  const float r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
  float p = 1.0F / 720;
  for (const float coefficient : {1.0F / 120, 1.0F / 24, 1.0F / 6, 1.0F / 2, 1.0F, 1.0F}) {
    p = p * r + coefficient;
  }
  const std::uint32_t exponent = std::bit_cast<std::uint32_t>(shifted) + 127;  // n in the lowest bits
  return p * std::bit_cast<float>(exponent << 23U);
}

GANYMEDE_INLINE float sigmoid(float x) {
  constexpr float most = 87.0F;
  const float inside = 1.0F / (1.0F + exponential(std::clamp(-x, -most, most)));
  return x < -most ? 0.0F : inside;
}

/// The odd polynomial where 1 - 2 / (e^2x + 1) would cancel; both within two units in the last place.
GANYMEDE_INLINE float hyperbolic_tangent(float x) {
  const float square = x * x;
  float p = -5.70498872745e-3F;
  for (const float coefficient :
       {2.06390887954e-2F, -5.37397155531e-2F, 1.33314422036e-1F, -3.33332819422e-1F}) {
    p = p * square + coefficient;
  }
  const float near = x + x * square * p;
  const float size = std::min(std::abs(x), 9.1F);
  const float far = 1.0F - 2.0F / (exponential(2.0F * size) + 1.0F);
  return size < 0.625F ? near : std::copysign(far, x);
}

template <class T>
GANYMEDE_INLINE void clamp_each(float slope, T* data, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const auto x = static_cast<float>(data[i]);
    const float inside = std::clamp(x, -1.0F, 1.0F);
    data[i] = static_cast<T>(inside + slope * (x - inside));
  }
}
GANYMEDE_CLONES void leaky_hard_tanh(float slope, float* data, std::int64_t count) {
  clamp_each(slope, data, count);
}
GANYMEDE_CLONES void leaky_hard_tanh(float slope, bf16* data, std::int64_t count) {
  clamp_each(slope, data, count);
}

template <class T>
GANYMEDE_INLINE void smooth_each(Function function, T* data, std::int64_t count) {
  const auto each = [&](auto of) {
    for (std::int64_t i = 0; i < count; ++i) {
      data[i] = static_cast<T>(of(static_cast<float>(data[i])));
    }
  };
  if (function == Function::tanh) {
    each([](float x) { return hyperbolic_tangent(x); });
  } else {
    each([](float x) { return sigmoid(x); });
  }
}
GANYMEDE_CLONES void smooth(Function function, float* data, std::int64_t count) {
  smooth_each(function, data, count);
}
GANYMEDE_CLONES void smooth(Function function, bf16* data, std::int64_t count) {
  smooth_each(function, data, count);
}

}  // namespace

template <class T>
void activation_forward(const Activation& activation, std::span<T> data) {
  base::parallel_for(static_cast<std::int64_t>(data.size()), grain,
                     [&](std::int64_t begin, std::int64_t end) {
                       switch (activation.function) {
                         case Function::leaky_relu:
                         case Function::relu:
                           return leaky_relu(activation.slope, data.data() + begin, end - begin);
                         case Function::tanh:
                         case Function::sigmoid:
                           return smooth(activation.function, data.data() + begin, end - begin);
                         case Function::leaky_hard_tanh:
                           return leaky_hard_tanh(activation.slope, data.data() + begin, end - begin);
                       }
                     });
}

template <class D, class T>
void activation_derivative(const Activation& activation, std::span<const D> dst, std::span<T> diff) {
  base::parallel_for(
      static_cast<std::int64_t>(diff.size()), grain, [&](std::int64_t begin, std::int64_t end) {
        derivative(activation, dst.data() + begin, diff.data() + begin, diff.data() + begin, end - begin);
      });
}

template <class S, class T>
void activation_derivative_over(const Activation& activation, std::span<const S> diff, std::span<T> dst) {
  base::parallel_for(static_cast<std::int64_t>(dst.size()), grain, [&](std::int64_t begin, std::int64_t end) {
    derivative(activation, dst.data() + begin, diff.data() + begin, dst.data() + begin, end - begin);
  });
}

template void activation_forward(const Activation&, std::span<float>);
template void activation_forward(const Activation&, std::span<bf16>);
template void activation_derivative(const Activation&, std::span<const float>, std::span<float>);
template void activation_derivative(const Activation&, std::span<const float>, std::span<bf16>);
template void activation_derivative(const Activation&, std::span<const bf16>, std::span<bf16>);
template void activation_derivative(const Activation&, std::span<const bf16>, std::span<float>);
template void activation_derivative_over(const Activation&, std::span<const float>, std::span<float>);
template void activation_derivative_over(const Activation&, std::span<const float>, std::span<bf16>);
template void activation_derivative_over(const Activation&, std::span<const bf16>, std::span<bf16>);
template void activation_derivative_over(const Activation&, std::span<const bf16>, std::span<float>);

}  // namespace ganymede::ops
