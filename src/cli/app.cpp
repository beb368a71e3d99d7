#include "cli/app.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "base/host.h"
#include "base/number.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/help/usage.h"
#include "train/recipe/recipe.h"

namespace ganymede::cli {

namespace {

constexpr int usage_status = static_cast<int>(base::ErrorKind::usage);

std::string examples() {
  return fmt::format(
      "Examples:\n"
      "  ganymede train                        train the recipe {} on MNIST into runs/\n"
      "  ganymede train conv --epochs 20       another recipe, for 20 epochs\n"
      "  ganymede train --resume runs/latest   resume a run\n"
      "  ganymede sweep sweep.toml             train many settings and seeds, and compare them\n"
      "  ganymede sample runs/latest           draw new digits into samples.png\n"
      "  ganymede play                         start, change and break runs in a browser\n"
      "  ganymede serve runs                   show all runs in a browser\n"
      "  ganymede doctor runs/latest           problems of a run, and what to change\n"
      "  ganymede summary conv                 layers, shapes and parameters\n"
      "`ganymede VERB --help` describes a verb.\n"
      "Exit codes: 0 done, 2 usage, 3 recipe or configuration, 4 data, 5 diverged, 6 file or checkpoint,\n"
      "130 after Ctrl-C or Stop on the page, 143 after SIGTERM.",
      artifacts::default_recipe);
}

void set_up(CLI::App& app, Action& action) {
  app.footer(examples());
  app.set_version_flag("--version", "ganymede " + base::version(), "Print the version and exit");
  for (const auto add : {add_train, add_sweep, add_sample, add_export, add_import, add_verify, add_recipes,
                         add_summary, add_data, add_plot, add_serve, add_play, add_doctor, add_bench,
                         add_eval, add_classifier, add_completion}) {
    add(app, action);
  }
  for (CLI::App* verb : app.get_subcommands({})) {
    verb->set_help_flag("-h,--help", "Print this help and exit");
    for (CLI::App* part : verb->get_subcommands({})) {
      part->set_help_flag("-h,--help", "Print this help and exit");
    }
  }
}

int report_usage(const CLI::App& app, const std::string& problem) {
  print_error(problem);
  std::vector<std::string> help = words_of(current_verb(app));
  help.emplace_back("--help");
  print_hint("For help: " + base::own_command(help));
  return usage_status;
}

/// Returns the exit code of a command line that asks for help or cannot be understood.
int answer(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    print(error.get_name() == "CallForVersion" ? fmt::format("{}\n", error.what())
                                               : help_of(current_verb(app)));
    return 0;
  }
  return report_usage(app, error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)
                               ? about_extras(app)
                               : error.what());
}

/// The arguments in reverse order, as CLI11 takes them; `help VERB` becomes `VERB --help`.
std::vector<std::string> arguments_for(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    if (words.empty() || has_verb(app, words.front())) {
      words.emplace_back("--help");
    }
  }
  std::ranges::reverse(words);
  return words;
}

int parse_and_act(int argc, char** argv) {
  CLI::App app("Trains generative adversarial networks on MNIST, on a CPU", "ganymede");
  Action action;
  set_up(app, action);
  try {
    app.parse(arguments_for(app, argc, argv));
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
            const auto value = base::to_number<Number>(text);
            return value && *value >= lowest && *value <= highest
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

CLI::Option* expect_one_of(CLI::Option* option, const std::vector<std::string>& words) {
  return option->type_name(fmt::format("{}", fmt::join(words, "|")))
      ->check(CLI::IsMember(words).description(""));
}

void add_preparation(CLI::App& verb, PreparationFlags& flags) {
  verb.add_option("--size", flags.size, "Make images N by N, each pixel the mean of those that it covers")
      ->type_name("N")
      ->check(in_range(1, data::max_side));
  std::vector<std::string> fits;
  for (const auto& [word, fit] : words(data::Fit())) {
    fits.emplace_back(word);
  }
  expect_one_of(verb.add_option("--fit", flags.fit,
                                "Images that are not square: crop their middle, pad them with black, which "
                                "small ones get too, or stretch them, larger too; none: refuse them"),
                fits);
  verb.add_option("--split-seed", flags.split_seed,
                  "Of the choice of test images, where the data has none of its own (default: 0)")
      ->type_name("N")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  verb.add_option(
          "--held-out", flags.held_out,
          "Training images that take the place of the test images and are not trained on: choose by them, "
          "and report what the test images say (default: 0)")
      ->type_name("N")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
}

data::Preparation preparation_of(const PreparationFlags& flags) {
  data::Preparation preparation{.size = flags.size.value_or(0),
                                .split_seed = flags.split_seed.value_or(0),
                                .held_out = flags.held_out.value_or(0)};
  for (const auto& [word, fit] : words(data::Fit())) {
    preparation.fit = word == flags.fit ? fit : preparation.fit;
  }
  return preparation;
}

void add_temperature(CLI::App& verb, std::optional<double>& temperature) {
  verb.add_option("--temperature", temperature,
                  "Scale of the latent points; below 1: better images of fewer kinds (default: the recipe's)")
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
    print_error(
        "There is not enough memory. Use a smaller --batch-size or --count, or allow more memory (ulimit "
        "-v).");
  } catch (const std::exception& error) {
    print_error(fmt::format("Unexpected error: {}. This is a defect of the program.", error.what()));
  }
  return unexpected;
}

}  // namespace ganymede::cli
