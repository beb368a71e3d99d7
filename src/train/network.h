#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/profile.h"
#include "net/weights.h"
#include "ops/adam.h"

namespace ganymede::train {

/// A tensor that a checkpoint holds.
struct NamedTensor {
  std::string name;
  base::Shape shape;
  std::span<float> values;
};

/// A network that learns: its description, its weights and Adam's memory of their gradients.
class Network {
 public:
  Network(net::NetSpec spec, const ops::AdamSettings& optimizer);

  const net::NetSpec& spec() const { return spec_; }
  net::Weights& weights() { return weights_; }

  void set_learning_rate(double rate) { optimizer_.learning_rate = rate; }
  /// One step of Adam along the gradients; `step` is 1 for the first.
  void update(std::int64_t step);
  /// Begins to count the time of updates anew.
  void time_updates();
  /// How long the updates since then, or since the first, took.
  const net::PassTime& update_time() const { return update_time_; }

  /// The weights ("generator.dense_1.weight") and Adam's moments (the same with ".adam_m" and ".adam_v").
  std::vector<NamedTensor> tensors();

 private:
  net::NetSpec spec_;
  net::Weights weights_;
  ops::AdamSettings optimizer_;
  base::Buffer first_moments_, second_moments_;
  net::PassTime update_time_;
};

}  // namespace ganymede::train
