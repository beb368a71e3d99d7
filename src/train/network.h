#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dist/group.h"
#include "net/profile.h"
#include "net/weights.h"
#include "ops/adam.h"
#include "train/methods/spectral_norm.h"
#include "train/named_tensor.h"

namespace ganymede::train {

/// What a network's weights are held to while they follow their gradients.
struct WeightConstraints {
  bool spectral_norm = false;  ///< see SpectralNorm
  double weight_clip = 0.0;    ///< brings every weight within plus and minus this (Arjovsky et al. 2017)
};

/// A network that learns: its description, its weights and Adam's memory of their gradients.
class Network {
 public:
  Network(net::NetSpec spec, const ops::AdamSettings& optimizer, const WeightConstraints& constraints = {},
          dist::Part part = {});

  /// Draws the first weights; see net::Weights::initialise().
  void initialise(std::uint64_t seed, std::uint32_t first_stream);

  const net::NetSpec& spec() const { return spec_; }
  net::Weights& weights() { return weights_; }

  /// The L2 norm of the last gradient of all parameters together, once a network in parts has gathered it.
  double gradient_norm();
  /// One step of Adam along the gradients, its learning rate times `factor`; `step` is 1 for the first. Of a
  /// training in parts each part updates a slice of the parameters, along the mean of all parts' gradients.
  void update(std::int64_t step, double factor = 1.0);
  /// Begins to count the time of updates anew.
  void time_updates();
  /// How long the updates since then, or since the first, took.
  const net::PassTime& update_time() const { return update_time_; }

  /// The weights ("generator.dense_1.weight"), Adam's moments (the same with ".adam_m" and ".adam_v") and
  /// what spectral normalisation keeps.
  std::vector<NamedTensor> tensors();
  /// Once tensors() have been written.
  void resume();

  /// What each part of a training has of its slice alone, from all parts: the gradients, or Adam's moments.
  void gather_gradients() { part_.gather_slices(weights_.gradient_memory()); }
  void gather_moments();

 private:
  void update_slice(const ops::AdamSettings& optimizer, std::int64_t step, const dist::Slice& slice,
                    std::span<float> parameters);

  net::NetSpec spec_;
  net::Weights weights_;
  ops::AdamSettings optimizer_;
  WeightConstraints constraints_;
  dist::Part part_;
  dist::Memory first_moments_, second_moments_;
  std::optional<SpectralNorm> spectral_norm_;
  net::PassTime update_time_;
};

}  // namespace ganymede::train
