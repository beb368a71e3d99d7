#include "ops/activation.h"

#include <cmath>

#include "base/parallel.h"
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

template <class D, class T>
GANYMEDE_INLINE void multiply_by_derivative(const Activation& activation, const D* dst, T* diff,
                                            std::int64_t count) {
  const auto each = [&](auto derivative) {
    for (std::int64_t i = 0; i < count; ++i) {
      diff[i] = static_cast<T>(static_cast<float>(diff[i]) * derivative(static_cast<float>(dst[i])));
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
  }
}
GANYMEDE_CLONES void derivative(const Activation& f, const float* dst, float* diff, std::int64_t count) {
  multiply_by_derivative(f, dst, diff, count);
}
GANYMEDE_CLONES void derivative(const Activation& f, const float* dst, bf16* diff, std::int64_t count) {
  multiply_by_derivative(f, dst, diff, count);
}
GANYMEDE_CLONES void derivative(const Activation& f, const bf16* dst, bf16* diff, std::int64_t count) {
  multiply_by_derivative(f, dst, diff, count);
}
GANYMEDE_CLONES void derivative(const Activation& f, const bf16* dst, float* diff, std::int64_t count) {
  multiply_by_derivative(f, dst, diff, count);
}

template <class T>
void smooth_forward(Function function, std::span<T> data) {
  for (T& element : data) {
    const auto x = static_cast<float>(element);
    element = static_cast<T>(function == Function::tanh ? std::tanh(x) : 1.0F / (1.0F + std::exp(-x)));
  }
}

}  // namespace

template <class T>
void activation_forward(const Activation& activation, std::span<T> data) {
  base::parallel_for(static_cast<std::int64_t>(data.size()), grain,
                     [&](std::int64_t begin, std::int64_t end) {
                       if (activation.piecewise_linear()) {
                         leaky_relu(activation.slope, data.data() + begin, end - begin);
                       } else {
                         smooth_forward(activation.function, data.subspan(begin, end - begin));
                       }
                     });
}

template <class D, class T>
void activation_derivative(const Activation& activation, std::span<const D> dst, std::span<T> diff) {
  base::parallel_for(static_cast<std::int64_t>(diff.size()), grain,
                     [&](std::int64_t begin, std::int64_t end) {
                       derivative(activation, dst.data() + begin, diff.data() + begin, end - begin);
                     });
}

template void activation_forward(const Activation&, std::span<float>);
template void activation_forward(const Activation&, std::span<bf16>);
template void activation_derivative(const Activation&, std::span<const float>, std::span<float>);
template void activation_derivative(const Activation&, std::span<const float>, std::span<bf16>);
template void activation_derivative(const Activation&, std::span<const bf16>, std::span<bf16>);
template void activation_derivative(const Activation&, std::span<const bf16>, std::span<float>);

}  // namespace ganymede::ops
