#include "cli/app.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/suggestion.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/host.h"
#include "train/recipe.h"

namespace ganymede::cli {

namespace {

constexpr int usage_status = static_cast<int>(base::ErrorKind::usage);

constexpr const char* examples =
    "Examples:\n"
    "  ganymede train                        train the dense recipe on MNIST into runs/\n"
    "  ganymede train conv --epochs 20       another recipe, for 20 epochs\n"
    "  ganymede train --resume runs/latest   go on where a run stopped\n"
    "  ganymede sample runs/latest           draw new digits into samples.png\n"
    "  ganymede serve runs                   look at all runs in a browser\n"
    "  ganymede doctor runs/latest           what is wrong with a run, and one thing to change\n"
    "  ganymede summary conv                 layers, shapes and parameters\n"
    "`ganymede VERB --help` tells more about a verb.\n"
    "Exit codes: 0 done, 2 usage, 3 recipe or configuration, 4 data, 5 diverged, 6 file or checkpoint,\n"
    "130 after Ctrl-C or Stop on the page, 143 after SIGTERM.";

void set_up(CLI::App& app, Action& action) {
  app.footer(examples);
  app.set_version_flag("--version", "ganymede " + version(), "Print the version and exit");
  for (const auto add :
       {add_train, add_sample, add_export, add_import, add_verify, add_recipes, add_summary, add_data,
        add_plot, add_serve, add_doctor, add_bench, add_eval, add_classifier, add_completion}) {
    add(app, action);
  }
  for (CLI::App* verb : app.get_subcommands({})) {
    verb->set_help_flag("-h,--help", "Print this help and exit");
    for (CLI::App* part : verb->get_subcommands({})) {
      part->set_help_flag("-h,--help", "Print this help and exit");
    }
  }
}

/// The verb that the command line got to, or the program itself.
const CLI::App& current(const CLI::App& app) {
  const auto verbs = app.get_subcommands();
  return verbs.empty() ? app : current(*verbs.front());
}

/// The words that lead to a verb: "classifier", "train".
std::vector<std::string> words_of(const CLI::App& verb) {
  std::vector<std::string> words;
  for (const CLI::App* part = &verb; part->get_parent() != nullptr; part = part->get_parent()) {
    words.insert(words.begin(), part->get_name());
  }
  return words;
}

std::vector<std::string> known_words(const CLI::App& app, bool flags) {
  std::vector<std::string> words;
  if (flags) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        words.push_back("--" + name);
      }
    }
  } else {
    for (const CLI::App* verb : app.get_subcommands({})) {
      words.push_back(verb->get_name());
    }
  }
  return words;
}

/// What to say about words that the command line should not have.
std::string about_extras(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining(true);
  const std::string word = extras.empty() ? "" : extras.front().substr(0, extras.front().find('='));
  const CLI::App& verb = current(app);
  const bool flag = word.starts_with("-");
  if (!flag && verb.get_subcommands({}).empty()) {
    return fmt::format("{}: found one argument too many, \"{}\".", verb.get_name(), word);
  }
  return fmt::format("{}: found the unknown {} \"{}\". {}", verb.get_name(), flag ? "flag" : "verb", word,
                     base::did_you_mean(word, known_words(verb, flag)));
}

int report_usage(const CLI::App& app, const std::string& problem) {
  const CLI::App& verb = current(app);
  print_error(problem);
  std::vector<std::string> help = words_of(verb);
  help.emplace_back("--help");
  print_hint("For help: " + own_command(help));
  return usage_status;
}

/// What stands before a verb in its usage: "ganymede", "ganymede classifier".
std::string help_prefix(const CLI::App& app, const CLI::App& verb) {
  std::string prefix = app.get_name();
  for (const std::string& word : words_of(*verb.get_parent())) {
    prefix += " " + word;
  }
  return prefix;
}

std::string help_of(const CLI::App& app) {
  const CLI::App& verb = current(app);
  return verb.get_parent() == nullptr ? app.help() : verb.help(help_prefix(app, verb));
}

/// Returns the exit code of a command line that asks for help or cannot be understood.
int answer(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    print(error.get_name() == "CallForVersion" ? fmt::format("{}\n", error.what()) : help_of(app));
    return 0;
  }
  return report_usage(app, error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)
                               ? about_extras(app)
                               : error.what());
}

int parse_and_act(int argc, char** argv) {
  CLI::App app("Trains generative adversarial networks on MNIST, on a CPU", "ganymede");
  Action action;
  set_up(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return answer(app, error);
  }
  if (!action) {
    print(app.help());
    return 0;
  }
  return action();
}

}  // namespace

namespace {

template <class Number>
CLI::Validator number_in_range(Number lowest, Number highest, std::string_view kind) {
  return {[=](const std::string& text) {
            Number value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            const bool fits = error == std::errc() && end == text.data() + text.size() && value >= lowest &&
                              value <= highest;
            return fits
                       ? std::string()
                       : fmt::format("found \"{}\", expected {} from {} to {}.", text, kind, lowest, highest);
          },
          ""};
}

}  // namespace

CLI::Validator in_range(std::int64_t lowest, std::int64_t highest) {
  return number_in_range(lowest, highest, "a whole number");
}

CLI::Validator number_between(double lowest, double highest) {
  return number_in_range(lowest, highest, "a number");
}

void add_temperature(CLI::App& verb, std::optional<double>& temperature) {
  verb.add_option("--temperature", temperature,
                  "Times the latent points: below 1 fewer kinds of better images (default: the recipe's)")
      ->type_name("T")
      ->check(number_between(0.0, train::highest_temperature));
}

int run(int argc, char** argv) {
  constexpr int unexpected = 1;
  try {
    return parse_and_act(argc, argv);
  } catch (const base::Error& error) {
    print_error(error.what());
    return static_cast<int>(error.kind());
  } catch (const std::bad_alloc&) {
    print_error("There is not enough memory for this. Ask for less: a smaller --batch-size or --count.");
  } catch (const std::exception& error) {
    print_error(
        fmt::format("Something unexpected went wrong: {}. This is a defect of the program.", error.what()));
  }
  return unexpected;
}

}  // namespace ganymede::cli
