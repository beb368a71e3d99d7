#pragma once

#include <span>
#include <string_view>

namespace ganymede::train {

/// A recipe that the program carries within itself.
struct EmbeddedRecipe {
  std::string_view name;  ///< the file's name in recipes/ without ".toml"
  std::string_view text;  ///< the file's TOML
};

/// The recipes of recipes/, sorted by name; the build writes the definition from the files.
std::span<const EmbeddedRecipe> embedded_recipes();

}  // namespace ganymede::train
