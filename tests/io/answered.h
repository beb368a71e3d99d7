#pragma once

#include <string>
#include <utility>
#include <vector>

#include "net/experiment.h"
#include "ops/device.h"
#include "reference/cases.h"

namespace ganymede::test {

/// A network with random weights, an input and its program's output in inference.
struct Answered {
  std::string name;
  net::NetSpec spec;
  net::Weights weights;
  std::int64_t batch;
  net::Feed feed;
  std::vector<float> output;  // [batch, ...output]

  explicit Answered(const reference::NetworkExample& example)
      : name(example.name),
        spec(example.net),
        weights(net::random_weights(spec)),
        batch(example.batch),
        feed(example) {
    const ops::Device device;
    net::Program program(spec, {.batch = batch}, weights, device);
    net::forward(program, feed);
    output.assign(program.output().begin(), program.output().end());
  }
};

/// Every kind of layer and every interesting combination.
inline std::vector<Answered> answered_networks() {
  std::vector<Answered> networks;
  for (const auto& cases : {reference::layer_cases(), reference::network_cases()}) {
    for (const reference::NetworkExample& example : cases) {
      networks.emplace_back(example);
    }
  }
  return networks;
}

}  // namespace ganymede::test
