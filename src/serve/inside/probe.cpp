#include "serve/inside/probe.h"

#include <algorithm>

namespace ganymede::serve {

namespace {

/// The first `layers` layers.
net::NetSpec beginning(net::NetSpec spec, std::size_t layers) {
  spec.layers.resize(layers);
  return spec;
}

void run(net::Program& program, std::span<const float> input, std::int32_t label) {
  std::ranges::copy(input, program.input().begin());
  std::ranges::fill(program.labels(), label);
  program.forward({});
}

std::vector<float> copy_of(std::span<const float> values) {
  return {values.begin(), values.end()};
}

}  // namespace

Probe::Probe(TrainedNetwork& network, const ops::Device& device) {
  const std::size_t layers = network.spec.layers.size();
  for (std::size_t end = 1; end <= layers; ++end) {
    programs_.emplace_back(beginning(network.spec, end),
                           net::Use{.batch = 1, .input_gradient = end + 1 >= layers}, network.weights,
                           device);
  }
}

Tensors Probe::activations(std::span<const float> input, std::int32_t label) {
  Tensors outputs;
  for (net::Program& program : programs_) {
    run(program, input, label);
    outputs.push_back(copy_of(program.output()));
  }
  return outputs;
}

std::vector<float> Probe::output(std::span<const float> input, std::int32_t label) {
  run(programs_.back(), input, label);
  return copy_of(programs_.back().output());
}

LayerGradients Probe::gradients(std::span<const float> input, std::int32_t label,
                                std::span<const float> output_gradient, std::size_t left_out) {
  net::Program& program = programs_.at(programs_.size() - 1 - left_out);
  run(program, input, label);
  std::ranges::copy(output_gradient, program.output_gradient().begin());
  LayerGradients gradients{.layers = Tensors(programs_.size()), .input = {}};
  program.backward([&](std::size_t layer, std::span<const float> gradient) {
    gradients.layers[layer] = copy_of(gradient);
  });
  gradients.input = copy_of(program.input_gradient());
  return gradients;
}

}  // namespace ganymede::serve
