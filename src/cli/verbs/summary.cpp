#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "draw/network_diagram.h"
#include "draw/network_table.h"
#include "io/files/file.h"
#include "io/files/process.h"
#include "net/toml_fields.h"
#include "session/session.h"

namespace ganymede::cli {

namespace {

struct SummaryOptions {
  std::string recipe = artifacts::default_recipe;
  std::optional<std::string> data;
  std::vector<std::string> set;
  std::string plot;
};

using Tables = std::array<draw::NetworkTable, 3>;

/// The generator's output has the shape of the data's images, so no data is read.
Tables make_tables(const train::Recipe& recipe) {
  const net::NetSpec generator = train::generator_spec(recipe);
  const base::Shape image = net::output_shape(generator);
  const net::NetSpec partner = train::partner_spec(recipe, image);
  train::check_networks(recipe, image, std::max(net::label_classes(generator), net::label_classes(partner)));
  const draw::NetworkTable g = draw::make_table(generator);
  const draw::NetworkTable p = draw::make_table(partner);
  if (recipe.model == train::ModelKind::vae) {
    return {p, g, draw::make_autoencoder_table(p, g)};
  }
  return {g, p, draw::make_composite_table(g, p)};
}

/// The word after the dot of a file's name. Throws Error(usage) unless a diagram can be drawn so.
std::string diagram_format(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension != ".svg" && extension != ".png" && extension != ".dot") {
    throw base::Error(base::ErrorKind::usage, {.where = "--plot",
                                               .found = fmt::format("\"{}\"", path),
                                               .expected = "a name that ends in .svg, .png or .dot",
                                               .advice = "Write for example --plot networks.svg"});
  }
  return extension.substr(1);
}

void draw_diagram(const std::string& path, const std::string& dot) {
  const std::string format = diagram_format(path);
  if (format == "dot") {
    io::write_file(path, dot);
    return;
  }
  const auto result = io::run_program({.name = "dot", .arguments = {"-T" + format}, .input = dot});
  if (!result || result->exit_status != 0) {
    throw base::Error(
        base::ErrorKind::file,
        {.where = path,
         .found = result ? fmt::format("dot's \"{}\"", result->errors.substr(0, 300)) : "no program `dot`",
         .expected = "graphviz to draw it",
         .advice = "Install it (apt install graphviz), or write its input: --plot FILE.dot"});
  }
  io::write_file(path, result->output);
}

/// The recipe for the data that was named, or else for digits as MNIST has them.
train::Recipe load(const SummaryOptions& options) {
  if (!options.data) {
    return artifacts::load_recipe(options.recipe, options.set);
  }
  std::vector<std::string> settings = options.set;
  settings.push_back("data=" + net::written(*options.data));
  return session::prepare(options.recipe, settings, {}).recipe;
}

int run_summary(const SummaryOptions& options) {
  const train::Recipe recipe = load(options);
  const Tables tables = make_tables(recipe);
  if (!options.plot.empty()) {
    draw_diagram(options.plot, draw::to_dot(tables, recipe.name));
    Console().say(options.plot);
  }
  print(fmt::format("{}\n{}\n{}", draw::to_text(tables[0]), draw::to_text(tables[1]),
                    draw::to_text(tables[2])));
  return 0;
}

}  // namespace

void add_summary(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("summary", "Print a recipe's layers, shapes and parameters");
  const auto options = std::make_shared<SummaryOptions>();
  verb->add_option("RECIPE", options->recipe, "A recipe that `ganymede recipes` lists, or a file")
      ->type_name(recipe_type)
      ->capture_default_str();
  verb->add_option("--data", options->data, data::known_data())->type_name(data_type);
  verb->add_option("--set", options->set, "Change a value of the recipe")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb->add_option("--plot", options->plot, "Draw the networks as FILE.svg, FILE.png or FILE.dot")
      ->type_name("FILE");
  verb->footer(
      "Examples:\n"
      "  ganymede summary conv\n"
      "  ganymede summary best --data my-pictures   its layers for these images\n"
      "  ganymede summary conditional --plot networks.svg");
  verb->callback([&action, options] { action = [options] { return run_summary(*options); }; });
}

}  // namespace ganymede::cli
