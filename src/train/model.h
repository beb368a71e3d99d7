#pragma once

#include <cstdint>
#include <limits>
#include <variant>
#include <vector>

#include "train/feeder.h"
#include "train/gan.h"
#include "train/vae.h"

namespace ganymede::train {

/// What a step, or the mean over several, measured.
using StepMetrics = std::variant<GanMetrics, VaeMetrics>;

/// The metrics under the names that files and plots use.
template <class Metrics, class Visitor>
requires std::same_as<std::remove_const_t<Metrics>, StepMetrics>
void for_each_metric(Metrics& metrics, Visitor&& visit) {
  std::visit([&](auto& alternative) { for_each_metric(alternative, visit); }, metrics);
}

/// The metrics that a recipe's steps have, all of them zero.
StepMetrics no_metrics(const Recipe& recipe);

/// The L2 norms of the networks' last gradients, each of all parameters together; not a number for a network
/// that there is not.
struct GradientNorms {
  float discriminator = std::numeric_limits<float>::quiet_NaN();
  float encoder = std::numeric_limits<float>::quiet_NaN();
  float generator = std::numeric_limits<float>::quiet_NaN();
};

/// The norms under the names that files and plots use.
template <class Norms, class Visitor>
void for_each_norm(Norms& norms, Visitor&& visit) {
  visit("grad_norm_d", norms.discriminator);
  visit("grad_norm_e", norms.encoder);
  visit("grad_norm_g", norms.generator);
}

/// Feeds and takes step `step`, 0 for the first: the recipe's number of updates of the discriminator, of
/// which the last is measured, and one of the generator. Allocates nothing.
GanMetrics take_step(std::uint64_t step, Feeder& feeder, Gan& gan);
/// The same for a VAE: one update of both of its networks.
VaeMetrics take_step(std::uint64_t step, Feeder& feeder, Vae& vae);

/// What a recipe trains: a GAN or a VAE.
class Model {
 public:
  /// `image` is [height, width, channels]. Draws the first weights from the recipe's seed.
  /// Throws Error(configuration) where the networks do not fit.
  Model(const Recipe& recipe, const base::Shape& image, std::int64_t classes, const ops::Device& device);

  /// The network that makes images of latent points.
  Network& generator();
  /// The generator's weights that make the best images: their average, where the recipe keeps one.
  net::Weights& sampling_weights();
  /// Every network that learns, the generator first.
  std::vector<Network*> networks();

  /// Feeds and takes step `step`, 0 for the first. Allocates nothing.
  StepMetrics take_step(std::uint64_t step, Feeder& feeder);

  /// Of the last step: reads all gradients, which a step itself has no need of.
  GradientNorms gradient_norms();

  std::vector<NamedTensor> tensors();
  /// Once tensors() have been written.
  void resume();

  /// Begins to time the passes of every layer and the optimisers, or stops.
  void time_passes(bool on);
  /// What was timed, by program and layer: "generator dense_1", "generator adam".
  std::vector<net::PassTime> pass_times() const;

 private:
  std::variant<Gan, Vae> model_;
};

}  // namespace ganymede::train
