#pragma once

#include <span>

#include "base/random.h"
#include "data/dataset.h"

namespace ganymede::data {

/// How far an image is moved at random about its centre, each amount uniform between minus and plus the
/// limit.
struct Augmentation {
  float shift = 0.0F;     ///< in pixels, along each axis
  float rotation = 0.0F;  ///< in degrees
  float scaling = 0.0F;   ///< 0.1: to between 0.9 and 1.1 of its size
  bool mirror = false;    ///< left and right change places in every second image
};

/// dst [indices, height, width, channels]: the images at `indices` of `dataset.train` between 0 and 1, moved
/// at random, with bilinear sampling and black around them. Image n of the batch takes its four amounts from
/// block n of `key`.
void gather_augmented(const Dataset& dataset, std::span<const std::uint32_t> indices,
                      const Augmentation& augmentation, const base::RandomKey& key, std::span<float> dst);

}  // namespace ganymede::data
