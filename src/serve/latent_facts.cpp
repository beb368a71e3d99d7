#include "serve/latent_facts.h"

#include <cstdint>

#include "train/sampling.h"

namespace ganymede::serve {

nlohmann::ordered_json latent_facts(const train::Recipe& recipe) {
  return {
      {"latent_size", recipe.latent.size},
      {"latent_distribution",
       recipe.latent.distribution == train::Distribution::uniform ? "uniform" : "normal"},
      {"latent_temperature", recipe.latent.temperature},
      {"first_latent", train::sample_latents(recipe, static_cast<std::uint64_t>(recipe.training.seed), 1)},
      {"pixel_range", {recipe.pixel_range.low, recipe.pixel_range.high}}};
}

}  // namespace ganymede::serve
