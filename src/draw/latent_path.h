#pragma once

#include <span>

#include "train/recipe/recipe.h"

namespace ganymede::draw {

/// The point at `share` of the way between two latent points. Points of a normal distribution lie near a
/// sphere, so that the way between them is an arc (White 2016, "Sampling generative networks"); points of a
/// uniform one are joined by a line.
void interpolate(train::Distribution distribution, std::span<const float> from, std::span<const float> to,
                 float share, std::span<float> point);

}  // namespace ganymede::draw
