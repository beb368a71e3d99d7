#pragma once

#include <cstdint>

namespace ganymede::net {

/// How a network's weights are drawn before the first step.
enum class Initializer {
  glorot_uniform,   ///< Keras' default (Glorot and Bengio 2010): uniform within sqrt(6 / (fan_in + fan_out)),
                    ///< biases zero
  normal_002,       ///< DCGAN's (Radford et al. 2016): normal with deviation 0.02, biases zero
  he_normal,        ///< He et al. 2015, for rectifiers: normal with deviation sqrt(2 / fan_in), biases zero
  pytorch_default,  ///< nn.Linear's and nn.Conv2d's: uniform within 1 / sqrt(fan_in), biases too
};

/// The distribution of one tensor's first values.
struct Fill {
  enum class Kind { constant, uniform, normal };
  Kind kind = Kind::constant;
  float value =
      0.0F;  ///< the constant, the limit of uniform(-limit, limit), or the deviation of normal(0, deviation)
};

/// How many inputs reach an output of a layer and how many outputs an input reaches.
struct Fans {
  std::int64_t in = 1;
  std::int64_t out = 1;
};

Fill weight_fill(Initializer initializer, const Fans& fans);
Fill bias_fill(Initializer initializer, const Fans& fans);

}  // namespace ganymede::net
