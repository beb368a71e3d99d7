#include <fmt/format.h>

#include <memory>
#include <string>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "draw/report.h"

namespace ganymede::cli {

namespace {

int run_plot(const std::string& path) {
  const runs::RunDirectory run = runs::RunDirectory::open(path);
  draw::animate_samples(run);
  const train::Recipe recipe = artifacts::read_recipe_file(run.config().string());
  draw::draw_scores(run, recipe.name);
  if (draw::draw_losses(run, recipe) == io::PlotStatus::gnuplot_is_missing) {
    print_error(draw::advice_without_gnuplot(run));
    return static_cast<int>(base::ErrorKind::file);
  }
  Console().say(fmt::format("{}, {}", run.losses_plot().string(), run.animation().string()));
  return 0;
}

}  // namespace

void add_plot(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("plot", "Draw a run's losses.png and samples.gif again");
  const auto run = std::make_shared<std::string>();
  verb->add_option("RUN", *run, "The directory of a run, which may be training")
      ->type_name("RUN")
      ->required();
  verb->footer(
      "Examples:\n"
      "  ganymede plot runs/latest");
  verb->callback([&action, run] { action = [run] { return run_plot(*run); }; });
}

}  // namespace ganymede::cli
