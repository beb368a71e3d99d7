#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace ganymede::cli {

/// The innermost verb of the command line, or the program itself.
const CLI::App& current_verb(const CLI::App& app);

/// The words of a verb: "classifier", "train"; none for the program itself.
std::vector<std::string> words_of(const CLI::App& verb);

/// The help of a verb, or of the program itself.
std::string help_of(const CLI::App& verb);

/// The message for unknown words on the command line, with a suggestion.
std::string about_extras(const CLI::App& app);

/// Whether `app` has a verb of this name.
bool has_verb(const CLI::App& app, const std::string& name);

}  // namespace ganymede::cli
