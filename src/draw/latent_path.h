#pragma once

#include <span>

#include "train/recipe/recipe.h"

namespace ganymede::draw {

/// Interpolates between two latent points. Points of a normal distribution lie near a sphere, so the path is
/// an arc (White 2016, "Sampling generative networks"); for a uniform distribution it is a line.
void interpolate(train::Distribution distribution, std::span<const float> from, std::span<const float> to,
                 float share, std::span<float> point);

}  // namespace ganymede::draw
