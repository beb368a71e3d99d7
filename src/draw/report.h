#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "io/pictures/plot.h"
#include "runs/run_directory.h"
#include "train/recipe/recipe.h"

/// The plots and animation of a run.
namespace ganymede::draw {

/// Writes losses.tsv and draws losses.png from metrics.jsonl. Throws Error(file).
io::PlotStatus draw_losses(const runs::RunDirectory& run, const train::Recipe& recipe);

/// Draws scores.png and its data if the run has scores and gnuplot is installed. Throws Error(file).
void draw_scores(const runs::RunDirectory& run, const std::string& title);

/// Writes samples.gif from the samples with the size of the last one; of many, evenly spaced ones. Does
/// nothing without samples. Throws Error(file).
void animate_samples(const runs::RunDirectory& run);

/// Draws all of these; failures are passed to `warn`, since they do not affect the run.
void draw_report(const runs::RunDirectory& run, const train::Recipe& recipe,
                 const std::function<void(std::string_view)>& warn);

/// The message for a missing gnuplot.
std::string advice_without_gnuplot(const runs::RunDirectory& run);

}  // namespace ganymede::draw
