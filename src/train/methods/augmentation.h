#pragma once

#include <cstdint>
#include <span>

#include "base/random.h"
#include "base/shape.h"

namespace ganymede::train {

/// What is done to every image, real or generated, before the discriminator sees it. The generator learns
/// through it (differentiable augmentation, Zhao et al. 2020), so that it does not take the disturbed images
/// for the data.
struct AugmentationSettings {
  double translation = 0.0;  ///< by at most this share of the height and of the width; 1/8 in the paper
  double cutout = 0.0;       ///< a square of this share of the image's sides is blanked; 1/2 in the paper
  double noise = 0.0;        ///< deviation of normal noise (instance noise, Soenderby et al. 2017)
};

/// Translates and cuts out in images [batch, height, width, channels], image n by the random numbers
/// first + n of `key`. What is uncovered or blanked gets `blank`.
void augment(const AugmentationSettings& settings, const base::RandomKey& key, const base::Shape& image,
             float blank, std::span<float> images, std::int64_t first = 0);

/// The gradient by the images as they were from that by the augmented ones, in place.
void augment_backward(const AugmentationSettings& settings, const base::RandomKey& key,
                      const base::Shape& image, std::span<float> gradients, std::int64_t first = 0);

/// Adds normal noise, number first + n of `key` to value n. `noise` is memory for as many.
void add_noise(const base::RandomKey& key, float deviation, std::span<float> noise, std::span<float> values,
               std::uint64_t first = 0);

template <class Visitor>
void fields(AugmentationSettings& augmentation, Visitor& visit) {
  visit("translation", augmentation.translation);
  visit("cutout", augmentation.cutout);
  visit("noise", augmentation.noise);
}

}  // namespace ganymede::train
