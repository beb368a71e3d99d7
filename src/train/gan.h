#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "net/program.h"
#include "train/feeder.h"
#include "train/methods/phase.h"
#include "train/named_program.h"
#include "train/network_pair.h"

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

/// How a generator and a discriminator learn from each other, as in Goodfellow et al. 2014: the discriminator
/// is updated on real and generated images, then the generator through the composite of both, in which the
/// discriminator is frozen.
class Gan {
 public:
  /// Trains `networks`, which, like `device`, must outlive it, on the stretch that `part` has of each batch.
  Gan(const Recipe& recipe, NetworkPair& networks, const ops::Device& device, dist::Part part = {});
  Gan(const Gan&) = delete;  // its programs hold on to its memory

  /// Step `step`, 0 for the first: the recipe's number of updates of the discriminator, of which the last is
  /// measured, and one of the generator. Allocates nothing. The metrics are of the whole batch.
  GanMetrics take_step(std::uint64_t step, Feeder& feeder);

  /// Update number `update`, 0 for the network's first, on a batch of its own (see Feeder).
  void update_discriminator(std::uint64_t update, const Batch& batch, GanMetrics& metrics);
  void update_generator(std::uint64_t update, const Batch& batch, GanMetrics& metrics);

  /// `watch`, if it is not null, is told of the phases of take_step(); what it does changes no step.
  void watch_phases(WatchPhases<GanMetrics> watch) { watch_ = std::move(watch); }

  /// Under the names that profiles use: "fake generator", "frozen discriminator".
  std::vector<NamedProgram> programs();

 private:
  /// What makes the discriminator's generated images.
  net::Program& drawing_program() { return fake_program_ ? *fake_program_ : generator_program_; }
  /// What the discriminator's update of this number learns by.
  net::Program& learning_program(std::uint64_t update);
  void measure_discriminator(const net::Program& program, const base::RandomKey& flips, GanMetrics& metrics);
  void tell(Phase phase, const Batch& batch, const GanMetrics& metrics) const;
  /// Images of the batch's part `index`, 0 for real and 1 for generated ones.
  void disturb(const base::RandomKey& key, double noise, std::int64_t index, std::span<float> images);
  /// The first of so many samples, in the whole batch.
  std::int64_t first_of(std::size_t samples) const;
  /// Of the generator's steps, before the update of this number.
  std::int64_t images_before(std::uint64_t generator_update) const;
  base::RandomKey key(base::Purpose purpose, std::uint32_t stream, const net::PassContext& context) const;

  ObjectiveSettings objective_;
  PenaltySettings penalty_;
  AugmentationSettings augmentation_;
  ScheduleSettings schedule_;
  base::Shape image_;  // [height, width, channels]
  float blank_;        // what augmentation uncovers
  std::uint64_t seed_;
  std::uint64_t discriminator_steps_;
  std::int64_t batch_;  // the whole one
  NetworkPair& networks_;
  dist::Part part_;
  base::Buffer memory_;  // of all programs below but the last: what G's forward pass leaves, and behind it
                         // one of D's programs or, when that is done, G's backward pass
  std::optional<net::Program> fake_program_;   // G makes D's generated images, where it does not share them
  net::Program discriminator_program_;         // D learns, with the penalties where there are some
  std::optional<net::Program> plain_program_;  // D learns in updates in which they do not count
  net::Program generator_program_;             // the composite's lower part: G learns
  net::Program frozen_program_;                // its upper part: D without weight gradients
  std::optional<net::Program> real_program_;   // D on the real images that G's images are compared with
  std::optional<std::uint64_t> drawn_;  // the update of D whose images generator_program_ has still ready
  // Half batches are this part's.
  std::vector<float> diff_logits_;     // [parts of the batch, half batch]
  std::vector<float> shares_;          // [half batch], of the real image in a point between
  std::vector<std::uint8_t> flipped_;  // [half batch] or empty: pairs with flipped labels
  std::vector<float> noise_;           // as the discriminator's input, or empty
  WatchPhases<GanMetrics> watch_;
};

}  // namespace ganymede::train
