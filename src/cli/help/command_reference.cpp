#include "cli/help/command_reference.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <sstream>

#include "data/dataset.h"
#include "train/recipe/embedded_recipes.h"

namespace ganymede::cli {

namespace {

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const train::EmbeddedRecipe& recipe : train::embedded_recipes()) {
    names.emplace_back(recipe.name);
  }
  return names;
}

/// The possible values of an argument by its name, "RECIPE|FILE"; a lower-case word stands for itself.
void add_choices(FlagReference& flag) {
  std::istringstream parts(flag.argument);
  for (std::string part; std::getline(parts, part, '|');) {
    std::vector<std::string> values;
    if (part == "RUN") {
      flag.runs = true;
    } else if (part.starts_with("FILE") || part == "DIR" || part == "PATH") {
      flag.files = true;
    } else if (part == "RECIPE") {
      values = recipe_names();
    } else if (part == "DATASET") {
      values = data::dataset_names();
    } else if (std::ranges::none_of(part, [](unsigned char letter) { return std::isupper(letter); })) {
      values = {part};
    }
    flag.values.insert(flag.values.end(), values.begin(), values.end());
  }
}

FlagReference describe(const CLI::Option& option) {
  FlagReference flag{.description = option.get_description()};
  for (const std::string& name : option.get_snames()) {
    flag.names.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    flag.names.push_back("--" + name);
  }
  if (option.get_items_expected_max() > 0 || option.get_positional()) {
    flag.argument = option.get_type_name();
    add_choices(flag);
  }
  return flag;
}

VerbReference describe(const CLI::App& app) {
  VerbReference verb{
      .name = app.get_name(), .description = app.get_description(), .footer = app.get_footer()};
  for (const bool positional : {true, false}) {
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional() == positional) {
        verb.flags.push_back(describe(*option));
      }
    }
  }
  if (app.get_parent() == nullptr) {
    return verb;
  }
  for (const CLI::App* part : app.get_subcommands({})) {
    verb.flags.insert(
        verb.flags.begin(),
        {.argument = part->get_name(), .description = part->get_description(), .values = {part->get_name()}});
    const std::vector<FlagReference> flags = describe(*part).flags;
    std::ranges::copy_if(flags, std::back_inserter(verb.flags), [&](const FlagReference& flag) {
      return std::ranges::find(verb.flags, flag.names, &FlagReference::names) == verb.flags.end();
    });
  }
  return verb;
}

}  // namespace

std::vector<VerbReference> describe_commands(const CLI::App& program) {
  std::vector<VerbReference> commands = {describe(program)};
  for (const CLI::App* verb : program.get_subcommands({})) {
    commands.push_back(describe(*verb));
  }
  return commands;
}

}  // namespace ganymede::cli
