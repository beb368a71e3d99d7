#include "cli/report.h"

#include <algorithm>
#include <vector>

#include "cli/metrics_file.h"
#include "io/gif.h"
#include "io/png.h"

namespace ganymede::cli {

io::PlotStatus draw_losses(const RunDirectory& run, const std::string& title) {
  write_losses_table(run.metrics(), run.losses_table());
  const io::Plot plot{
      .title = title,
      .x_label = "step",
      .panels = {{.title = "Losses",
                  .y_label = "loss",
                  .series = {{"loss_d_real", "D, real"}, {"loss_d_fake", "D, generated"}, {"loss_g", "G"}},
                  .smooth = true},
                 {.title = "What the discriminator takes for real",
                  .y_label = "probability",
                  .series = {{"d_x", "D(x)"}, {"d_g_z", "D(G(z))"}},
                  .smooth = true}}};
  return io::draw_plot(run.losses_table(), run.losses_plot(), plot);
}

void animate_samples(const RunDirectory& run) {
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

std::string advice_without_gnuplot(const RunDirectory& run) {
  return "gnuplot is not installed, so that there is no " + run.losses_plot().string() +
         "; the numbers are in " + run.losses_table().string() +
         ". Install it (apt install gnuplot-nox), then run `ganymede plot " + run.path().string() + "`";
}

}  // namespace ganymede::cli
