#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "base/buffer.h"
#include "net/program.h"
#include "train/methods/moving_average.h"
#include "train/network.h"
#include "train/recipe/recipe.h"

namespace ganymede::train {

/// What a GAN's step, or the mean over several, measured.
struct GanMetrics {
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
requires std::same_as<std::remove_const_t<Metrics>, GanMetrics>
void for_each_metric(Metrics& metrics, Visitor&& visit) {
  visit("loss_d_real", metrics.discriminator_loss_real);
  visit("loss_d_fake", metrics.discriminator_loss_fake);
  visit("loss_g", metrics.generator_loss);
  visit("accuracy_real", metrics.accuracy_real);
  visit("accuracy_fake", metrics.accuracy_fake);
  visit("d_x", metrics.probability_real);
  visit("d_g_z", metrics.probability_fake);
}

/// A generator and a discriminator that learn from each other, as in Goodfellow et al. 2014: the
/// discriminator is updated on real and generated images, then the generator through the composite of both,
/// in which the discriminator is frozen.
class Gan {
 public:
  /// `image` is [height, width, channels]. Draws the first weights from the recipe's seed.
  /// Throws Error(configuration) where the networks do not fit.
  Gan(const Recipe& recipe, const base::Shape& image, std::int64_t classes, const ops::Device& device);
  Gan(const Gan&) = delete;  // its programs hold on to its weights

  Network& generator() { return generator_; }
  Network& discriminator() { return discriminator_; }
  std::array<Network*, 2> networks() { return {&generator_, &discriminator_}; }
  /// The generator's weights that make the best images: their average, where the recipe keeps one.
  net::Weights& sampling_weights() { return average_ ? average_->weights() : generator_.weights(); }

  /// How many updates of the discriminator go with one of the generator.
  std::uint64_t discriminator_steps() const { return discriminator_steps_; }

  /// What the discriminator's update reads, and overwrites; written after the generator's last update, with
  /// which it shares memory.
  std::span<float> real_images();            // [half batch, height, width, channels]
  std::span<std::int32_t> real_labels();     // [half batch] or empty
  std::span<float> discriminator_latents();  // [half batch, latent]
  std::span<std::int32_t> fake_labels();     // [half batch] or empty
  /// What the generator's update reads; written after the discriminator's last update.
  std::span<float> generator_latents();        // [batch, latent]
  std::span<std::int32_t> generator_labels();  // [batch] or empty

  /// One update; `update` is 0 for the network's first. The generator's follows one of the discriminator,
  /// whose real images a relativistic loss compares its images with. Allocate nothing.
  void update_discriminator(std::uint64_t update, GanMetrics& metrics);
  void update_generator(std::uint64_t update, GanMetrics& metrics);

  std::vector<NamedTensor> tensors();
  /// Once tensors() have been written.
  void resume();

  /// Begins to time the passes of every layer and the optimisers, or stops.
  void time_passes(bool on);
  /// What was timed, by program and layer: "frozen discriminator dense_1", "generator adam".
  std::vector<net::PassTime> pass_times() const;

 private:
  template <class Self, class Visitor>
  static void for_each_program(Self& self, const Visitor& visit);

  void make_fakes(const net::PassContext& context);
  void prepare_images(const net::PassContext& context, double noise);
  void judge_images(const net::PassContext& context, GanMetrics& metrics);
  void judge_real_pairs(const net::PassContext& context, double noise);
  void disturb(const base::RandomKey& key, double noise, std::span<float> images);
  /// Of the generator's steps, before the update of this number.
  std::int64_t images_before(std::uint64_t generator_update) const;
  base::RandomKey key(base::Purpose purpose, std::uint32_t stream, const net::PassContext& context) const;

  ObjectiveSettings objective_;
  PenaltySettings penalty_;
  AugmentationSettings augmentation_;
  ScheduleSettings schedule_;
  base::Shape image_;
  float blank_;  // what augmentation uncovers
  std::uint64_t seed_;
  std::uint64_t discriminator_steps_;
  std::int64_t half_batch_, batch_;
  Network generator_;
  Network discriminator_;
  std::optional<MovingAverage> average_;  // of G
  base::Buffer memory_;                   // of the four programs below, half of which run at a time
  net::Program fake_program_;             // G makes the discriminator's fakes
  net::Program discriminator_program_;    // D learns: real images, fakes and, for a penalty, points between
  net::Program generator_program_;        // the composite's lower part: G learns
  net::Program frozen_program_;           // its upper part: D without weight gradients
  std::optional<net::Program> real_program_;  // D on the real images that G's images are compared with
  std::vector<float> diff_logits_;            // [parts of the batch, half batch]
  std::vector<float> shares_;                 // [half batch], of the real image in a point between
  std::vector<std::uint8_t> flipped_;         // [half batch] or empty: pairs with flipped labels
  std::vector<float> noise_;                  // as the discriminator's input, or empty
};

}  // namespace ganymede::train
