#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/sampler.h"
#include "dist/share.h"
#include "train/recipe/recipe.h"

namespace ganymede::train {

/// What one update reads. The memory is the feeder's, until it makes its next batch.
struct Batch {
  std::span<const float> images;         ///< [count, height, width, channels], of the data; empty if unread
  std::span<const std::int32_t> labels;  ///< [count], of `images` and of those that the generator makes
  std::span<const float> latents;        ///< [count, latent]
};

/// Makes batches of real images, latent points and labels, each a pure function of the recipe's seed and the
/// update's number. Allocates nothing after its construction.
class Feeder {
 public:
  /// `images` must outlive the feeder. Its batches are the stretches that `share` has of the recipe's.
  Feeder(const Recipe& recipe, const data::Split& images, std::int64_t classes,
         const dist::Share& share = {});

  /// For the discriminator's update number `update`, 0 for the first. The generated images get the labels of
  /// the real ones, so that a label alone does not tell which are real.
  Batch discriminator_batch(std::uint64_t update);
  /// For the generator's. Where both updates share the generated images, its latent points and labels are
  /// those of the discriminator's last update before it, and its own elsewhere. Where the loss compares
  /// pairs, images and labels are those of that update; elsewhere there are no images.
  Batch generator_batch(std::uint64_t update);
  /// For a VAE's: the latent points are the noise of its encoder's, from N(0, 1).
  Batch vae_batch(std::uint64_t update);

 private:
  /// Images and labels number `batch` of the data, in the sampler's order.
  void gather(std::uint64_t batch);
  /// Their numbers and labels alone.
  void choose(std::uint64_t batch);
  base::RandomKey discriminator_latents(std::uint64_t update) const;
  std::span<float> latents(std::size_t count);
  /// The first sample, in a whole batch, of this feeder's `count`.
  std::uint64_t first(std::size_t count) const { return count * static_cast<std::size_t>(share_.part); }

  const data::Split& data_;
  dist::Share share_;
  std::uint64_t seed_;
  data::PixelRange pixel_range_;
  LatentSettings latent_;
  std::int64_t classes_;
  bool pairs_;
  bool shares_fakes_;
  std::uint64_t discriminator_steps_;
  std::size_t batch_;
  data::Sampler sampler_;
  std::vector<std::uint32_t> indices_;  // [half batch]
  std::vector<float> images_;           // [half batch, height, width, channels]
  std::vector<std::int32_t> labels_;    // [batch]
  std::vector<float> latents_;          // [batch, latent]
};

/// Latent points [count, latent]: the sequence that `key` names, from its number `first` on.
void fill_latents(const base::RandomKey& key, Distribution distribution, std::span<float> latents,
                  std::uint64_t first = 0);

}  // namespace ganymede::train
