#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace ganymede::cli {

/// A flag or an argument of a verb, as its definition has it.
struct FlagReference {
  std::vector<std::string> names = {};  ///< "--out", "-h"; none for an argument
  std::string argument = {};            ///< "FILE"; empty for a flag that takes none
  std::string description = {};
  std::vector<std::string> values = {};  ///< words that the argument may be: "f32", the recipes' names
  bool runs = false;                     ///< whether it may be the directory of a run
  bool files = false;                    ///< whether it may be another path

  bool is_argument() const { return names.empty(); }
  bool takes_value() const { return !argument.empty(); }
};

/// A verb, or the program itself.
struct VerbReference {
  std::string name;
  std::string description;
  std::vector<FlagReference> flags = {};  ///< arguments first; those of its own verbs are among them
  std::string footer;                     ///< examples
};

/// The program's verbs in the order of its help, the program itself first: manual page and completions follow
/// from it.
std::vector<VerbReference> describe_commands(const CLI::App& program);

/// The completions of a command line, as a script for the shell `bash`, `zsh` or `fish`.
std::string completion_script(const std::vector<VerbReference>& commands, const std::string& shell);

/// The manual page ganymede(1), in the man macros of roff.
std::string manual_page(const std::vector<VerbReference>& commands, const std::string& version);

}  // namespace ganymede::cli
