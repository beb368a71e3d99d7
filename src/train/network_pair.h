#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "train/methods/moving_average.h"
#include "train/network.h"
#include "train/recipe/recipe.h"

namespace ganymede::train {

/// The networks that a recipe trains: the generator, with the average of its weights where the recipe keeps
/// one, and the network that it learns with, a GAN's discriminator or a VAE's encoder.
class NetworkPair {
 public:
  /// `image` is [height, width, channels]. Draws the first weights from the recipe's seed.
  /// Throws Error(configuration) where the networks do not fit each other or data of `classes` labels.
  NetworkPair(const Recipe& recipe, const base::Shape& image, std::int64_t classes, dist::Part part = {});
  NetworkPair(const NetworkPair&) = delete;  // programs hold on to its weights

  Network& generator() { return generator_; }
  Network& partner() { return partner_; }
  /// The generator first.
  std::array<Network*, 2> all() { return {&generator_, &partner_}; }
  /// The generator's weights that make the best images: their average, where there is one.
  net::Weights& sampling_weights() { return average_ ? average_->weights() : generator_.weights(); }

  /// The generator's update number `update`, 0 for the first, at `factor` of its learning rate; the average
  /// follows, in the first part of a training: images are made there.
  void update_generator(std::uint64_t update, double factor);

  /// What a checkpoint keeps: the tensors of both networks and of the average.
  std::vector<NamedTensor> tensors();
  /// Once tensors() have been written.
  void resume();

 private:
  std::int64_t batch_;
  dist::Part part_;
  Network generator_;
  Network partner_;
  std::optional<MovingAverage> average_;
};

}  // namespace ganymede::train
