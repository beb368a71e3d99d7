#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "artifacts/exports/pytorch_format.h"
#include "artifacts/generator_file.h"
#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/console.h"

namespace ganymede::cli {

namespace {

struct ImportOptions {
  std::string source;
  std::string recipe;
  std::string out = "generator.safetensors";
};

int run_import(const ImportOptions& options) {
  const auto recipe =
      options.recipe.empty() ? std::nullopt : std::optional(artifacts::load_recipe(options.recipe));
  artifacts::SavedNetwork network = artifacts::read_pytorch(options.source, recipe);
  if (network.spec.name != "generator") {
    throw base::Error(base::ErrorKind::file, {.where = options.source,
                                              .found = "a " + network.spec.name,
                                              .expected = "a generator",
                                              .advice = "Export the generator, without --discriminator"});
  }
  artifacts::write_generator(options.out, network.info, network.weights);
  Console().say(fmt::format("{}: a generator of the recipe {}. To draw images: ganymede sample {}",
                            options.out, network.info.recipe.name, options.out));
  return 0;
}

}  // namespace

void add_import(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("import", "Import a generator from PyTorch");
  const auto options = std::make_shared<ImportOptions>();
  verb->add_option("FILE", options->source, "A safetensors file in PyTorch's layout")
      ->type_name("FILE")
      ->required();
  verb->add_option("--recipe", options->recipe,
                   "The generator's recipe, unless `ganymede export` wrote the file")
      ->type_name(recipe_type);
  verb->add_option("--out,--output", options->out, "The generator's file")
      ->type_name("FILE")
      ->capture_default_str();
  verb->footer(
      "Examples:\n"
      "  ganymede import trained.safetensors --recipe dense\n"
      "  ganymede import generator.pytorch.safetensors --out again.safetensors\n"
      "Tensors are named as `ganymede export --format safetensors` names them.");
  verb->callback([&action, options] { action = [options] { return run_import(*options); }; });
}

}  // namespace ganymede::cli
