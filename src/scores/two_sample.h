#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "base/shape.h"
#include "eval/scores.h"
#include "ops/device.h"

namespace ganymede::scores {

/// The classifier two-sample test (Lopez-Paz and Oquab 2017): how well a small network, trained on one half
/// of the images to tell generated from real ones, tells them in the other half. 0.5: it cannot. Its network
/// is made anew from `seed` and sees both kinds equally often. `generated` and `real` are [count, height,
/// width, channels], of at least fewest_two_sample_images each; of the longer one as many as the other has,
/// at random. The estimate's deviation is that of a share of so many images. `image` is [height, width,
/// channels].
inline constexpr std::int64_t fewest_two_sample_images = 1000;
eval::Estimate two_sample_accuracy(std::span<const std::uint8_t> generated,
                                   std::span<const std::uint8_t> real, const base::Shape& image,
                                   std::uint64_t seed, const ops::Device& device);

}  // namespace ganymede::scores
