#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace ganymede::cli {

/// The verb that the command line got to, or the program itself.
const CLI::App& current_verb(const CLI::App& app);

/// The words that lead to a verb: "classifier", "train"; none to the program itself.
std::vector<std::string> words_of(const CLI::App& verb);

/// The help of a verb, or of the program itself.
std::string help_of(const CLI::App& verb);

/// What to say about words that the command line should not have: what was probably meant.
std::string about_extras(const CLI::App& app);

/// Whether `app` has a verb of this name.
bool has_verb(const CLI::App& app, const std::string& name);

}  // namespace ganymede::cli
