#pragma once

#include <optional>
#include <string_view>

#include "data/dataset.h"

/// Stacked MNIST (Metz et al. 2017): three digits as the red, green and blue of an image, 1,000 modes in all,
/// by which a generator that leaves some out is found.
namespace ganymede::data {

/// What the name of a data set of stacks begins with.
inline constexpr std::string_view stacked_prefix = "stacked-";

/// The data set that "stacked-mnist" stacks: "mnist". Nothing of another name.
std::optional<std::string_view> digits_of(std::string_view name);

/// Stacks of the images of `digits`, four for each of them in either split, of one class. Channel c of stack
/// n is image bounded(random_word({0, stack, split, 0}, 3 n + c), count), with 0 for the split to train on
/// and 1 for the other, so that every seed of a run learns from the same images. Throws Error(data) if
/// `digits` has more than one channel.
Dataset stack(Dataset digits);

}  // namespace ganymede::data
