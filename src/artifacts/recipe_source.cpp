#include "artifacts/recipe_source.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/suggestion.h"
#include "io/files/file.h"
#include "train/recipe/embedded_recipes.h"

namespace ganymede::artifacts {

namespace {

const train::EmbeddedRecipe* find_embedded(std::string_view name) {
  const auto recipes = train::embedded_recipes();
  const auto found = std::ranges::find(recipes, name, &train::EmbeddedRecipe::name);
  return found == recipes.end() ? nullptr : &*found;
}

bool is_path(const std::string& name) {
  std::error_code ignored;
  return name.ends_with(".toml") || name.find('/') != std::string::npos ||
         std::filesystem::exists(name, ignored);
}

RecipeText read_text(const std::string& path) {
  constexpr std::size_t largest_recipe = 1 << 20;
  try {
    return {io::read_text(path, largest_recipe), path};
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorKind::configuration, {.where = error.what()});
  }
}

}  // namespace

std::string embedded_recipe_text(const std::string& name) {
  if (const train::EmbeddedRecipe* recipe = find_embedded(name)) {
    return std::string(recipe->text);
  }
  std::vector<std::string> names;
  for (const train::EmbeddedRecipe& recipe : train::embedded_recipes()) {
    names.emplace_back(recipe.name);
  }
  throw base::Error(base::ErrorKind::configuration,
                    {.where = "recipe",
                     .found = "the unknown name \"" + name + "\"",
                     .expected = "one that `ganymede recipes` lists, or a file that ends in .toml",
                     .advice = base::did_you_mean(name, names)});
}

RecipeText recipe_text(const std::string& name_or_file) {
  if (find_embedded(name_or_file) == nullptr && is_path(name_or_file)) {
    return read_text(name_or_file);
  }
  return {embedded_recipe_text(name_or_file), name_or_file};
}

train::Recipe load_recipe(const std::string& name_or_file, std::span<const std::string> overrides,
                          const train::DataShape& data) {
  const RecipeText recipe = recipe_text(name_or_file);
  return train::parse_recipe(recipe.toml, recipe.where, overrides, data);
}

train::Recipe read_recipe_file(const std::string& path, std::span<const std::string> overrides,
                               const train::DataShape& data) {
  return train::parse_recipe(read_text(path).toml, path, overrides, data);
}

}  // namespace ganymede::artifacts
