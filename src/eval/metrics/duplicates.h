#pragma once

#include <cstdint>
#include <span>

namespace ganymede::eval {

/// The typical distance of two random images [pixels] of `images`: the root of the mean squared Euclidean
/// distance, which is twice their variance. In steps of a byte.
double typical_distance(std::span<const std::uint8_t> images, std::int64_t pixels);

/// Within which images are duplicates, beside `real` ones like them [count, pixels]: a fifth of their typical
/// distance.
double duplicate_radius(std::span<const std::uint8_t> real, std::int64_t pixels);

/// The share of `images` [count, pixels] with another one within `radius` of it. For hundreds
/// of images: compares every two of them.
double duplicate_share(std::span<const std::uint8_t> images, std::int64_t pixels, double radius);

}  // namespace ganymede::eval
