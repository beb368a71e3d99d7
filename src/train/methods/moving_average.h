#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/weights.h"
#include "train/named_tensor.h"

namespace ganymede::train {

/// The generator's weights averaged over the run, which make better images than those of any one step.
struct AverageSettings {
  /// After so many images of the generator's steps a weight counts half; 0: the weights as they are.
  std::int64_t half_life_images = 0;
  /// At first the half-life is at most this share of the images so far (StyleGAN3, Karras et al. 2021); 0: it
  /// is the same throughout.
  double ramp_up = 0.0;
};

/// How much of a weight's average one step of `batch` images replaces, the last of `images` in all.
double replaced_share(const AverageSettings& settings, std::int64_t images, std::int64_t batch);

/// A second set of a network's weights and running statistics that follows the first by an exponential moving
/// average.
class MovingAverage {
 public:
  MovingAverage(const AverageSettings& settings, const net::NetSpec& spec, net::Weights& live);

  /// After a step of `batch` images, the last of `images` in all.
  void follow(net::Weights& live, std::int64_t images, std::int64_t batch);

  net::Weights& weights() { return weights_; }
  /// "generator.dense_1.weight.average"
  std::vector<NamedTensor> tensors(const std::string& network);

 private:
  AverageSettings settings_;
  net::Weights weights_;
};

template <class Visitor>
void fields(AverageSettings& average, Visitor& visit) {
  visit("half_life_images", average.half_life_images);
  visit("ramp_up", average.ramp_up);
}

}  // namespace ganymede::train
