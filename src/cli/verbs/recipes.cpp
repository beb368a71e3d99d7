#include <fmt/format.h>

#include <memory>
#include <string>

#include "artifacts/recipe_source.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "train/recipe/embedded_recipes.h"

namespace ganymede::cli {

namespace {

std::string list_recipes() {
  std::string list;
  for (const train::EmbeddedRecipe& recipe : train::embedded_recipes()) {
    const train::Recipe parsed = train::parse_recipe(recipe.text, std::string(recipe.name));
    list += fmt::format("{:<16} {}\n", recipe.name, parsed.description);
  }
  return list;
}

}  // namespace

void add_recipes(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("recipes", "List the recipes, or print one");
  const auto name = std::make_shared<std::string>();
  verb->add_option("NAME", *name, "The recipe to print as TOML")->type_name("RECIPE");
  verb->footer(
      "Examples:\n"
      "  ganymede recipes\n"
      "  ganymede recipes conv > mine.toml     a recipe to edit");
  verb->callback([&action, name] {
    action = [name] {
      print(name->empty() ? list_recipes() : artifacts::embedded_recipe_text(*name));
      return 0;
    };
  });
}

}  // namespace ganymede::cli
