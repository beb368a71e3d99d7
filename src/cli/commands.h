#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "data/preparation.h"

namespace ganymede::cli {

/// Runs a verb; returns the exit code.
using Action = std::function<int()>;

/// How a recipe is named on a command line.
inline constexpr const char* recipe_type = "RECIPE|FILE";
/// What --data takes; data::known_data() says it in words.
inline constexpr const char* data_type = "DATASET|PATH";

/// A check of a flag's value: a whole number from `lowest` to `highest`.
CLI::Validator in_range(std::int64_t lowest, std::int64_t highest);
/// The same for any number.
CLI::Validator number_between(double lowest, double highest);

/// Restricts an option's value to `words`, which help and completions list.
CLI::Option* expect_one_of(CLI::Option* option, const std::vector<std::string>& words);

/// The flags that say how images become those of a data set.
struct PreparationFlags {
  std::optional<std::int64_t> size;
  std::optional<std::string> fit;
  std::optional<std::int64_t> split_seed;
  std::optional<std::int64_t> held_out;
};
/// Adds --size, --fit, --split-seed and --held-out.
void add_preparation(CLI::App& verb, PreparationFlags& flags);
data::Preparation preparation_of(const PreparationFlags& flags);

/// Adds --temperature, which replaces the temperature of a generator's recipe.
void add_temperature(CLI::App& verb, std::optional<double>& temperature);

/// Each adds a verb; when the command line has that verb, parsing it sets `action`.
void add_train(CLI::App& app, Action& action);
void add_sweep(CLI::App& app, Action& action);
void add_sample(CLI::App& app, Action& action);
void add_recipes(CLI::App& app, Action& action);
void add_summary(CLI::App& app, Action& action);
void add_data(CLI::App& app, Action& action);
void add_plot(CLI::App& app, Action& action);
void add_doctor(CLI::App& app, Action& action);
void add_serve(CLI::App& app, Action& action);
void add_play(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_eval(CLI::App& app, Action& action);
void add_classifier(CLI::App& app, Action& action);
void add_export(CLI::App& app, Action& action);
void add_import(CLI::App& app, Action& action);
void add_verify(CLI::App& app, Action& action);
void add_completion(CLI::App& app, Action& action);

}  // namespace ganymede::cli
