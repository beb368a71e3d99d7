#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/threads/team.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "data/data_source.h"
#include "scores/own_classifier.h"

namespace ganymede::cli {

namespace {

struct ClassifierOptions {
  std::string data = "mnist";
  PreparationFlags images;
  std::optional<std::int64_t> epochs;
  std::optional<std::int64_t> batch_size;
  std::optional<std::int64_t> seed;
  std::int64_t threads = 0;
  std::string precision = "auto";
  bool independent = false;
  std::string out;
};

train::ClassifierRecipe recipe_for(const ClassifierOptions& options, const data::Dataset& dataset) {
  const auto recipe_of =
      options.independent ? train::independent_classifier_recipe : train::classifier_recipe;
  train::ClassifierRecipe recipe = recipe_of(dataset.name, dataset.classes());
  recipe.epochs = options.epochs.value_or(recipe.epochs);
  recipe.batch_size = options.batch_size.value_or(recipe.batch_size);
  recipe.seed = options.seed.value_or(recipe.seed);
  recipe.threads = options.threads;
  if (!data::is_known_name(dataset.name)) {
    data::require_text(options.data);
    recipe.data = options.data;
  }
  for (const auto& [word, precision] : words(train::Precision{})) {
    recipe.precision = word == options.precision ? precision : recipe.precision;
  }
  recipe.precision =
      train::resolve(recipe.precision) == base::DType::bf16 ? train::Precision::bf16 : train::Precision::f32;
  return recipe;
}

int run_classifier_train(const ClassifierOptions& options) {
  Console console;
  const data::Preparation images = preparation_of(options.images);
  const data::Dataset dataset = data::open_data(options.data, data::Splits::train_and_test, images);
  train::ClassifierRecipe recipe = recipe_for(options, dataset);
  recipe.images = images;
  const std::string out = options.out.empty() ? dataset.name + ".safetensors" : options.out;
  const base::Team team(static_cast<int>(recipe.threads));
  scores::train_classifier(recipe, dataset, out, [&](std::string_view line) { console.say(line); });
  return 0;
}

}  // namespace

void add_classifier(CLI::App& app, Action& action) {
  constexpr std::int64_t most = 1'000'000;
  CLI::App* verb = app.add_subcommand("classifier", "Train the classifier for scores");
  CLI::App* train = verb->add_subcommand("train", "Train a classifier and save it");
  verb->require_subcommand(1);
  const auto options = std::make_shared<ClassifierOptions>();
  const auto add = [&](const char* name, auto& value, const char* type, const std::string& description) {
    return train->add_option(name, value, description)->type_name(type);
  };
  add("--data", options->data, data_type, data::known_data());
  add_preparation(*train, options->images);
  add("--epochs", options->epochs, "N", "The number of passes over the data")->check(in_range(1, most));
  add("--batch-size", options->batch_size, "N", "The number of images per step")->check(in_range(1, 65536));
  add("--seed", options->seed, "N", "The seed of all random numbers")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  add("--threads", options->threads, "N", "The number of threads; 0: one per processor")
      ->check(in_range(0, 1024));
  expect_one_of(
      train->add_option("--precision", options->precision, "The type of the matrix products' operands"),
      {"auto", "f32", "bf16"});
  train->add_flag(
      "--independent", options->independent,
      "Of another architecture and seed: the second classifier, which confirms what the first one scores");
  add("--out", options->out, "FILE", "The file to write (default: NAME.safetensors)");
  const char* examples =
      "Examples:\n"
      "  ganymede classifier train\n"
      "  ganymede classifier train --data fashion-mnist --epochs 20 --out fashion.safetensors\n"
      "The same command on the same machine writes the same file, byte for byte.";
  verb->footer(examples);
  train->footer(examples);
  train->callback([&action, options] { action = [options] { return run_classifier_train(*options); }; });
}

}  // namespace ganymede::cli
