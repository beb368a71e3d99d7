#include "draw/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/host.h"
#include "eval/scores.h"
#include "eval/stacked.h"
#include "io/pictures/gif.h"
#include "io/pictures/png.h"
#include "runs/metrics_file.h"
#include "train/model.h"

namespace ganymede::draw {

namespace {

std::vector<io::PlotPanel> panels_of(const train::GanMetrics&) {
  return {{.title = "Losses",
           .y_label = "loss",
           .series = {{"loss_d_real", "D, real"}, {"loss_d_fake", "D, generated"}, {"loss_g", "G"}},
           .smooth = true},
          {.title = "The discriminator's probability of real",
           .y_label = "probability",
           .series = {{"d_x", "D(x)"}, {"d_g_z", "D(G(z))"}},
           .smooth = true}};
}

std::vector<io::PlotPanel> panels_of(const train::VaeMetrics&) {
  return {{.title = "Losses",
           .y_label = "nats per image",
           .series = {{"loss", "both"}, {"loss_reconstruction", "reconstruction"}},
           .smooth = true},
          {.title = "Divergence of the latent points from N(0, 1)",
           .y_label = "nats per image",
           .series = {{"loss_kl", "KL"}},
           .smooth = true}};
}

/// Draws the scores called `names`, if the run has them.
template <class AnyScores>
void draw_scores_of(const runs::RunDirectory& run, const std::string& title, const AnyScores& names,
                    std::vector<io::PlotPanel> panels) {
  std::vector<std::string> columns;
  for_each_score(names,
                 [&](const eval::ScoreInfo& info, const eval::Estimate&) { columns.emplace_back(info.key); });
  for (const io::PlotPanel& panel : panels) {
    for (const io::PlotSeries& series : panel.series) {
      if (std::ranges::find(columns, series.column) == columns.end()) {
        columns.push_back(series.column);
      }
    }
  }
  if (runs::lowest_metric(run.metrics(), columns.front())) {
    runs::write_metrics_table(run.metrics(), run.scores_table(), columns);
    io::draw_plot(run.scores_table(), run.scores_plot(),
                  {.title = title, .x_label = "step", .panels = std::move(panels)});
  }
}

}  // namespace

io::PlotStatus draw_losses(const runs::RunDirectory& run, const train::Recipe& recipe) {
  const train::StepMetrics names = train::no_metrics(recipe);
  std::vector<std::string> columns;
  train::for_each_metric(names, [&](const char* name, float) { columns.emplace_back(name); });
  runs::write_metrics_table(run.metrics(), run.losses_table(), columns);
  const io::Plot plot{.title = recipe.name,
                      .x_label = "step",
                      .panels = std::visit([](const auto& model) { return panels_of(model); }, names)};
  return io::draw_plot(run.losses_table(), run.losses_plot(), plot);
}

void draw_scores(const runs::RunDirectory& run, const std::string& title) {
  draw_scores_of(run, title, eval::Scores(),
                 {{.title = "Fréchet distance on the classifier's features",
                   .y_label = "distance",
                   .series = {{"frechet_distance", "Fréchet distance (not FID)"},
                              {"frechet_distance_floor", "floor: real training images"}}},
                  {.title = "Nearness to the real images",
                   .y_label = "share",
                   .series = {{"precision", "precision"}, {"recall", "recall"}, {"coverage", "coverage"}}}});
  draw_scores_of(
      run, title, eval::StackedScores(),
      {{.title = "Modes of the stacked digits", .y_label = "modes", .series = {{"modes", "modes"}}},
       {.title = "Divergence of their shares from uniform",
        .y_label = "KL",
        .series = {{"divergence", "KL from uniform"},
                   {"divergence_floor", "floor: stacks of real images"}}}});
}

void animate_samples(const runs::RunDirectory& run) {
  constexpr std::size_t most_frames = 100;
  const std::vector<std::filesystem::path> files = run.find_samples();
  if (files.empty()) {
    return;
  }
  const std::size_t count = std::min(files.size(), most_frames);
  std::vector<io::Image> frames;
  for (std::size_t n = 0; n < count; ++n) {
    frames.push_back(io::read_png(files[count == 1 ? 0 : n * (files.size() - 1) / (count - 1)]));
  }
  const io::Image last = frames.back();
  std::erase_if(frames, [&](const io::Image& frame) {
    return frame.width != last.width || frame.height != last.height || frame.channels != last.channels;
  });
  io::write_gif(run.animation(), frames, {.delay_centiseconds = 20, .hold_centiseconds = 200});
}

void draw_report(const runs::RunDirectory& run, const train::Recipe& recipe,
                 const std::function<void(std::string_view)>& warn) {
  const std::string again = base::own_command({"plot", run.path().string()});
  const auto attempt = [&](const auto& draw) {
    try {
      draw();
    } catch (const base::Error& error) {
      warn(fmt::format("{} To draw it again: {}", error.what(), again));
    } catch (const std::bad_alloc&) {
      warn("Not enough memory to draw the report. To draw it again: " + again);
    }
  };
  attempt([&] { animate_samples(run); });
  attempt([&] { draw_scores(run, recipe.name); });
  attempt([&] {
    if (draw_losses(run, recipe) == io::PlotStatus::gnuplot_is_missing) {
      warn(advice_without_gnuplot(run));
    }
  });
}

std::string advice_without_gnuplot(const runs::RunDirectory& run) {
  return "gnuplot is not installed, so there is no " + run.losses_plot().string() + "; the numbers are in " +
         run.losses_table().string() + ". Install it (apt install gnuplot-nox), then run `ganymede plot " +
         run.path().string() + "`";
}

}  // namespace ganymede::draw
