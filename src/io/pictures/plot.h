#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ganymede::io {

/// A line of a plot: a column of the data against the first column.
struct PlotSeries {
  std::string column;  ///< as the data file's first line calls it
  std::string title;   ///< in the legend
};

/// One of the plots that a picture stacks.
struct PlotPanel {
  std::string title;
  std::string y_label;
  std::vector<PlotSeries> series;
  bool smooth = false;  ///< draw a moving average over the values, which turn pale
};

/// A picture of line plots over a common horizontal axis.
struct Plot {
  std::string title;
  std::string x_label;
  std::vector<PlotPanel> panels;
  int width = 1200;
  int height = 800;
};

enum class PlotStatus { drawn, gnuplot_is_missing };

/// Draws columns of `table`, a file of tab-separated values whose first line names the columns, as a PNG,
/// with gnuplot. Values that are empty or not finite leave a gap in their line. Throws Error(file) if a
/// column is missing, a value is no number, or gnuplot fails, and as write_file() does.
PlotStatus draw_plot(const std::filesystem::path& table, const std::filesystem::path& png, const Plot& plot);

}  // namespace ganymede::io
