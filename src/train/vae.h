#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "net/program.h"
#include "train/methods/moving_average.h"
#include "train/network.h"
#include "train/recipe/recipe.h"

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

/// A variational autoencoder (Kingma and Welling 2014): an encoder that names a normal distribution of latent
/// points for each image, and a decoder, which is the generator, that makes the image again of one of them.
/// Both maximise the lower bound of lower_bound.h.
class Vae {
 public:
  /// `image` is [height, width, channels]. Draws the first weights from the recipe's seed.
  /// Throws Error(configuration) where the networks do not fit.
  Vae(const Recipe& recipe, const base::Shape& image, std::int64_t classes, const ops::Device& device);
  Vae(const Vae&) = delete;  // its programs hold on to its weights

  Network& generator() { return generator_; }
  Network& encoder() { return encoder_; }
  std::array<Network*, 2> networks() { return {&generator_, &encoder_}; }
  /// The generator's weights that make the best images: their average, where the recipe keeps one.
  net::Weights& sampling_weights() { return average_ ? average_->weights() : generator_.weights(); }

  /// What an update reads.
  std::span<float> images() { return images_; }  // [batch, height, width, channels]
  std::span<float> noise() { return noise_; }    // [batch, latent]

  /// One update of both networks; `update` is 0 for the first. Allocates nothing.
  void update(std::uint64_t update, VaeMetrics& metrics);

  std::vector<NamedTensor> tensors();
  /// Once tensors() have been written.
  void resume();

  /// Begins to time the passes of every layer and the optimisers, or stops.
  void time_passes(bool on);
  /// What was timed, by program and layer: "encoder dense_1", "generator adam".
  std::vector<net::PassTime> pass_times() const;

 private:
  LowerBoundSettings bound_;
  ScheduleSettings schedule_;
  std::uint64_t seed_;
  std::int64_t batch_;
  Network generator_;
  Network encoder_;
  std::optional<MovingAverage> average_;  // of the generator
  net::Program encoder_program_;
  net::Program generator_program_;  // up to the logits of the pixels
  std::vector<float> images_;       // [batch, height, width, channels]
  std::vector<float> noise_;        // [batch, latent]
  std::vector<float> losses_;       // [batch]
};

}  // namespace ganymede::train
