#pragma once

#include <cstdint>
#include <limits>
#include <variant>
#include <vector>

#include "train/gan.h"
#include "train/network_pair.h"
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

/// What a recipe trains, a GAN or a VAE: its networks and how they learn.
class Model {
 public:
  /// `image` is [height, width, channels]. Draws the first weights from the recipe's seed.
  /// Throws Error(configuration) where the networks do not fit each other or data of `classes` labels.
  Model(const Recipe& recipe, const base::Shape& image, std::int64_t classes, const ops::Device& device,
        dist::Part part = {});

  NetworkPair& networks() { return networks_; }

  /// Step `step`, 0 for the first. Allocates nothing.
  StepMetrics take_step(std::uint64_t step, Feeder& feeder);

  /// `watch`, if it is not null, is told of the phases of take_step(): see WatchPhases.
  void watch_phases(const WatchPhases<StepMetrics>& watch);

  /// Of the last step: reads all gradients, which a step itself has no need of.
  GradientNorms gradient_norms();

  /// Begins to time the passes of every layer and the optimisers, or stops.
  void time_passes(bool on);
  /// What was timed, by program and layer: "frozen discriminator dense_1", "generator adam".
  std::vector<net::PassTime> pass_times();

 private:
  std::vector<NamedProgram> programs();

  NetworkPair networks_;
  std::variant<Gan, Vae> method_;
};

}  // namespace ganymede::train
