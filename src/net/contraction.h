#pragma once

#include <span>

#include "net/layer.h"

/// What the layers of a matrix product and a bias have in common: in the pass that contracts deltas and
/// tangents (see Program::contract()), and for the bias.
namespace ganymede::net {

/// The tangent of the layer's input becomes seeds_i a_i + t_i, sample by sample.
void mix_tangents(std::span<const float> seeds, const LayerBinding& binding);

/// The gradient of the layer's output becomes seeds_i delta_i.
void scale_deltas(std::span<const float> seeds, const LayerBinding& binding);

/// The second parameter, [channels]; null for a layer without a bias.
const float* bias_of(const LayerBinding& binding);
/// Its gradient, the sum of the deltas; nothing for a layer without a bias.
void write_bias_gradient(const LayerBinding& binding);

}  // namespace ganymede::net
