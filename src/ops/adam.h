#pragma once

#include <cstdint>
#include <span>

#include "base/dtype.h"

namespace ganymede::ops {

/// The settings of Adam (Kingma and Ba 2015), with the names of PyTorch and Keras.
struct AdamSettings {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  friend bool operator==(const AdamSettings&, const AdamSettings&) = default;
};

/// The tensors of one update, all of one size. `shadow` holds the parameters in bf16 and may be empty.
struct AdamTensors {
  std::span<const float> gradients;
  std::span<float> parameters;
  std::span<float> first_moments;
  std::span<float> second_moments;
  std::span<base::bf16> shadow;
};

/// Update number `step`, the first being 1, in one pass over memory and in PyTorch's arithmetic:
/// m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
/// p -= learning_rate / (1 - beta1^step) m / (sqrt(v) / sqrt(1 - beta2^step) + epsilon), shadow = p.
void adam(const AdamSettings& settings, std::int64_t step, const AdamTensors& tensors);

}  // namespace ganymede::ops
