#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "io/pictures/plot.h"
#include "runs/run_directory.h"
#include "train/recipe/recipe.h"

/// The pictures that sum up a run.
namespace ganymede::draw {

/// Writes losses.tsv and draws losses.png from metrics.jsonl. Throws Error(file).
io::PlotStatus draw_losses(const runs::RunDirectory& run, const train::Recipe& recipe);

/// Draws scores.png and its data if the run has been scored and gnuplot is there. Throws Error(file).
void draw_scores(const runs::RunDirectory& run, const std::string& title);

/// Writes samples.gif from the samples that have the size of the last one; of many, an even choice. Does
/// nothing where there are none. Throws Error(file).
void animate_samples(const runs::RunDirectory& run);

/// Draws all of these, as far as that is possible: `warn` is told of a failure, which changes nothing about
/// how the run has ended.
void draw_report(const runs::RunDirectory& run, const train::Recipe& recipe,
                 const std::function<void(std::string_view)>& warn);

/// What to tell when gnuplot is missing.
std::string advice_without_gnuplot(const runs::RunDirectory& run);

}  // namespace ganymede::draw
