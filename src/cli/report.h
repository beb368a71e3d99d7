#pragma once

#include "cli/console.h"
#include "cli/run_directory.h"
#include "io/plot.h"
#include "train/recipe.h"

/// The pictures that sum up a run.
namespace ganymede::cli {

/// Writes losses.tsv and draws losses.png from metrics.jsonl. Throws Error(file).
io::PlotStatus draw_losses(const RunDirectory& run, const train::Recipe& recipe);

/// Draws scores.png and its data if the run has been scored and gnuplot is there. Throws Error(file).
void draw_scores(const RunDirectory& run, const std::string& title);

/// Writes samples.gif from the samples that have the size of the last one; of many, an even choice. Does
/// nothing where there are none. Throws Error(file).
void animate_samples(const RunDirectory& run);

/// Draws all of these, as far as that is possible: a failure is told on the console and changes nothing about
/// how the run has ended.
void draw_report(const RunDirectory& run, const train::Recipe& recipe, Console& console);

/// What to tell when gnuplot is missing.
std::string advice_without_gnuplot(const RunDirectory& run);

}  // namespace ganymede::cli
