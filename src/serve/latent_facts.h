#pragma once

#include <nlohmann/json.hpp>

#include "train/recipe/recipe.h"

namespace ganymede::serve {

/// What the browser needs to draw latent points for a generator of the recipe and to show its images:
/// latent_size, latent_distribution, latent_temperature, first_latent (that of `ganymede sample`),
/// pixel_range.
nlohmann::ordered_json latent_facts(const train::Recipe& recipe);

}  // namespace ganymede::serve
