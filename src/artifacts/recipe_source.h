#pragma once

#include <span>
#include <string>

#include "train/recipe/recipe.h"

namespace ganymede::artifacts {

/// The default recipe.
inline constexpr const char* default_recipe = "best";

/// The TOML of an embedded recipe. Throws Error(configuration), with the closest name, if there is none.
std::string embedded_recipe_text(const std::string& name);

/// A recipe that is not read yet.
struct RecipeText {
  std::string toml;   ///< its TOML
  std::string where;  ///< what it is called in errors
};
/// The text of the recipe called by an embedded name or by the path of a file. Throws Error(configuration).
RecipeText recipe_text(const std::string& name_or_file);

/// The recipe called by an embedded name or by the path of a file, with `overrides` and `data` as
/// train::parse_recipe() takes them. Throws Error(configuration).
train::Recipe load_recipe(const std::string& name_or_file, std::span<const std::string> overrides = {},
                          const train::DataShape& data = {});

/// Reads a recipe from a file. Throws Error(configuration).
train::Recipe read_recipe_file(const std::string& path, std::span<const std::string> overrides = {},
                               const train::DataShape& data = {});

}  // namespace ganymede::artifacts
