#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "net/program.h"
#include "serve/trained_networks.h"

namespace ganymede::serve {

using Tensors = std::vector<std::vector<float>>;  ///< one a layer, of one sample

/// How a loss depends on what a network computes.
struct LayerGradients {
  Tensors layers;            ///< by the output of each layer; empty behind the one that the loss reads
  std::vector<float> input;  ///< by the network's input
};

/// A network compiled to be looked at, with one sample at a time, as it makes images and judges them: without
/// dropout, with running statistics.
class Probe {
 public:
  /// Reads the weights of `network`, which must outlive it, anew in each call.
  Probe(TrainedNetwork& network, const ops::Device& device);

  /// The output of each layer. `label` is read where the network takes one.
  Tensors activations(std::span<const float> input, std::int32_t label);
  /// The network's output.
  std::vector<float> output(std::span<const float> input, std::int32_t label);
  /// From the derivative of a loss by the network's output or, where `left_out` is 1, by that of the layer
  /// before its last.
  LayerGradients gradients(std::span<const float> input, std::int32_t label,
                           std::span<const float> output_gradient, std::size_t left_out = 0);

 private:
  std::vector<net::Program> programs_;  // one for each layer, which ends there, since layers work in place
};

}  // namespace ganymede::serve
