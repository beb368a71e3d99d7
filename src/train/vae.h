#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "net/program.h"
#include "train/feeder.h"
#include "train/methods/phase.h"
#include "train/named_program.h"
#include "train/network_pair.h"

namespace ganymede::train {

/// What a variational autoencoder's step, or the mean over several, measured, in nats an image.
struct VaeMetrics {
  float loss = 0.0F;            ///< what both networks minimise
  float reconstruction = 0.0F;  ///< the cross-entropy of the images under the decoder
  float divergence = 0.0F;      ///< of the encoder's latent points from N(0, 1)
};

/// The metrics under the names that files and plots use.
template <class Metrics, class Visitor>
requires std::same_as<std::remove_const_t<Metrics>, VaeMetrics>
void for_each_metric(Metrics& metrics, Visitor&& visit) {
  visit("loss", metrics.loss);
  visit("loss_reconstruction", metrics.reconstruction);
  visit("loss_kl", metrics.divergence);
}

/// How a variational autoencoder learns (Kingma and Welling 2014): an encoder names a normal distribution of
/// latent points for each image, and a decoder, which is the generator, makes the image again of one of them.
/// Both maximise the lower bound of lower_bound.h.
class Vae {
 public:
  /// Trains `networks`, which, like `device`, must outlive it, on the stretch that `part` has of each batch.
  Vae(const Recipe& recipe, NetworkPair& networks, const ops::Device& device, dist::Part part = {});
  Vae(const Vae&) = delete;  // its programs hold on to its networks

  /// Step `step`, 0 for the first: one update of both networks. Allocates nothing.
  VaeMetrics take_step(std::uint64_t step, Feeder& feeder);
  /// The same on a batch of its own; see Feeder.
  VaeMetrics update(std::uint64_t step, const Batch& batch);

  /// `watch`, if it is not null, is told of the phases of take_step(); what it does changes no step.
  void watch_phases(WatchPhases<VaeMetrics> watch) { watch_ = std::move(watch); }

  /// Under the names that profiles use: "encoder", "generator".
  std::vector<NamedProgram> programs();

 private:
  LowerBoundSettings bound_;
  ScheduleSettings schedule_;
  std::uint64_t seed_;
  std::int64_t batch_;  // the whole one
  NetworkPair& networks_;
  dist::Part part_;
  net::Program encoder_program_;
  net::Program generator_program_;  // up to the logits of the pixels
  std::vector<float> losses_;       // [this part's batch]
  WatchPhases<VaeMetrics> watch_;
};

}  // namespace ganymede::train
