#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/batch.h"
#include "data/sampler.h"
#include "train/gan.h"
#include "train/vae.h"

namespace ganymede::train {

/// Fills in what an update reads: real images, latent points and labels, each a pure function of the recipe's
/// seed and the update's number.
class Feeder {
 public:
  /// `images` must outlive the feeder.
  Feeder(const Recipe& recipe, const data::Split& images, std::int64_t classes);

  /// Writes what the discriminator's update number `update` reads, 0 for the first. Allocates nothing.
  void feed_discriminator(std::uint64_t update, Gan& gan);
  /// The same for the generator's, which compares pairs with the images of the discriminator's last update
  /// where the loss does.
  void feed_generator(std::uint64_t update, Gan& gan);
  /// The same for a VAE's: the images and the noise of their latent points.
  void feed(std::uint64_t update, Vae& vae);

 private:
  const data::Split& images_;
  std::uint64_t seed_;
  data::PixelRange pixel_range_;
  Distribution distribution_;
  std::int64_t classes_;
  bool pairs_;
  data::Sampler sampler_;
  std::vector<std::uint32_t> indices_;  // [half batch]
};

/// Latent points [count, latent]: the sequence that `key` names.
void fill_latents(const base::RandomKey& key, Distribution distribution, std::span<float> latents);

}  // namespace ganymede::train
