#include "cli/help/usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/suggestion.h"

namespace ganymede::cli {

namespace {

/// The name of a flag in other programs.
struct Synonym {
  std::string_view word;
  std::string_view flag;          ///< ours
  std::string_view example = {};  ///< an example, if the name is not enough
};

constexpr std::string_view learning_rate =
    "--set generator_optimizer.learning_rate=1e-4, and discriminator_optimizer.learning_rate";

constexpr std::array<Synonym, 14> synonyms = {{
    {"--lr", "--set", learning_rate},
    {"--learning-rate", "--set", learning_rate},
    {"--learning_rate", "--set", learning_rate},
    {"--digit", "--class"},
    {"--digits", "--class"},
    {"--label", "--class"},
    {"--bs", "--batch-size"},
    {"--number", "--count"},
    {"--samples", "--count"},
    {"--iterations", "--steps"},
    {"--batch", "--batch-size"},
    {"--workers", "--threads"},
    {"--jobs", "--threads"},
    {"--directory", "--out"},
}};

std::vector<std::string> known_flags(const CLI::App& verb) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      flags.push_back("--" + name);
    }
  }
  return flags;
}

std::vector<std::string> known_verbs(const CLI::App& app) {
  std::vector<std::string> verbs;
  for (const CLI::App* verb : app.get_subcommands({})) {
    verbs.push_back(verb->get_name());
  }
  return verbs;
}

std::string about_unknown_flag(const CLI::App& verb, const std::string& word) {
  const std::vector<std::string> known = known_flags(verb);
  const auto synonym = std::ranges::find(synonyms, word, &Synonym::word);
  if (synonym == synonyms.end() || std::ranges::find(known, synonym->flag) == known.end()) {
    return base::did_you_mean(word, known);
  }
  return synonym->example.empty() ? fmt::format("Did you mean \"{}\"?", synonym->flag)
                                  : fmt::format("Write {}.", synonym->example);
}

}  // namespace

const CLI::App& current_verb(const CLI::App& app) {
  const auto verbs = app.get_subcommands();
  return verbs.empty() ? app : current_verb(*verbs.front());
}

std::vector<std::string> words_of(const CLI::App& verb) {
  std::vector<std::string> words;
  for (const CLI::App* part = &verb; part->get_parent() != nullptr; part = part->get_parent()) {
    words.insert(words.begin(), part->get_name());
  }
  return words;
}

std::string help_of(const CLI::App& verb) {
  if (verb.get_parent() == nullptr) {
    return verb.help();
  }
  // What stands before the verb in its usage: "ganymede", "ganymede classifier".
  std::string prefix;
  for (const CLI::App* part = verb.get_parent(); part != nullptr; part = part->get_parent()) {
    prefix = part->get_name() + (prefix.empty() ? "" : " ") + prefix;
  }
  return verb.help(prefix);
}

bool has_verb(const CLI::App& app, const std::string& name) {
  return std::ranges::count(known_verbs(app), name) > 0;
}

std::string about_extras(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining(true);
  const std::string word = extras.empty() ? "" : extras.front().substr(0, extras.front().find('='));
  const CLI::App& verb = current_verb(app);
  if (word.starts_with("-")) {
    return fmt::format("{}: found the unknown flag \"{}\". {}", verb.get_name(), word,
                       about_unknown_flag(verb, word));
  }
  if (verb.get_subcommands({}).empty()) {
    return fmt::format("{}: found one argument too many, \"{}\".", verb.get_name(), word);
  }
  return fmt::format("{}: found the unknown verb \"{}\". {}", verb.get_name(), word,
                     base::did_you_mean(word, known_verbs(verb)));
}

}  // namespace ganymede::cli
