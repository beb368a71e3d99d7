#include "cli/command_reference.h"

namespace ganymede::cli {

namespace {

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
