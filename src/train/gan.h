#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "net/program.h"
#include "train/network.h"
#include "train/recipe.h"

namespace ganymede::train {

/// What a step, or the mean over several, measured.
struct StepMetrics {
  float discriminator_loss_real = 0.0F;
  float discriminator_loss_fake = 0.0F;
  float generator_loss = 0.0F;
  float accuracy_real = 0.0F;     ///< share of real images that the discriminator takes for real
  float accuracy_fake = 0.0F;     ///< share of generated images that it takes for generated
  float probability_real = 0.0F;  ///< mean D(x)
  float probability_fake = 0.0F;  ///< mean D(G(z)), before the discriminator learns from them
};

/// The metrics under the names that files and plots use.
template <class Metrics, class Visitor>
void for_each_metric(Metrics& metrics, Visitor&& visit) {
  visit("loss_d_real", metrics.discriminator_loss_real);
  visit("loss_d_fake", metrics.discriminator_loss_fake);
  visit("loss_g", metrics.generator_loss);
  visit("accuracy_real", metrics.accuracy_real);
  visit("accuracy_fake", metrics.accuracy_fake);
  visit("d_x", metrics.probability_real);
  visit("d_g_z", metrics.probability_fake);
}

/// A generator and a discriminator that learn from each other, as in Goodfellow et al. 2014: in every step
/// the discriminator is updated on real and generated images, then the generator through the composite of
/// both, in which the discriminator is frozen and every label says "real".
class Gan {
 public:
  /// `image` is [height, width, channels]. Draws the first weights from the recipe's seed.
  /// Throws Error(configuration) where the networks do not fit.
  Gan(const Recipe& recipe, const base::Shape& image, std::int64_t classes, const ops::Device& device);

  Network& generator() { return generator_; }
  Network& discriminator() { return discriminator_; }

  /// What a step reads; written by the caller before it.
  std::span<float> real_images();              // [half batch, height, width, channels]
  std::span<std::int32_t> real_labels();       // [half batch] or empty
  std::span<float> discriminator_latents();    // [half batch, latent]
  std::span<std::int32_t> fake_labels();       // [half batch] or empty
  std::span<float> generator_latents();        // [batch, latent]
  std::span<std::int32_t> generator_labels();  // [batch] or empty

  /// One step of both networks; `step` is 0 for the first. Allocates nothing.
  StepMetrics step(std::uint64_t step);

  std::vector<NamedTensor> tensors();

  /// Begins to time the passes of every layer and the optimisers, or stops.
  void time_passes(bool on);
  /// What was timed, by program and layer: "frozen discriminator dense_1", "generator adam".
  std::vector<net::PassTime> pass_times() const;

 private:
  void make_fakes(const net::PassContext& context);
  void update_discriminator(const net::PassContext& context, StepMetrics& metrics);
  void update_generator(const net::PassContext& context, StepMetrics& metrics);

  ObjectiveSettings objective_;
  std::uint64_t seed_;
  std::int64_t half_batch_;
  Network generator_;
  Network discriminator_;
  net::Program fake_program_;           // G makes the discriminator's fakes
  net::Program discriminator_program_;  // D learns: real images in the first half, fakes in the second
  net::Program generator_program_;      // the composite's lower part: G learns
  net::Program frozen_program_;         // its upper part: D without weight gradients
};

}  // namespace ganymede::train
