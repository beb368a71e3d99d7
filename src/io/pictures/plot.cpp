#include "io/pictures/plot.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

#include "base/number.h"
#include "base/refusal.h"
#include "io/files/file.h"
#include "io/files/process.h"

namespace ganymede::io {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_table_bytes = std::size_t{1} << 30;
constexpr double gap = std::numeric_limits<double>::quiet_NaN();

/// Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008).
constexpr std::array<std::string_view, 6> palette = {"0072B2", "D55E00", "009E73",
                                                     "CC79A7", "E69F00", "56B4E9"};

constexpr base::Refusal refuse{base::ErrorKind::file};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; end != std::string_view::npos;
       text.remove_prefix(end == std::string_view::npos ? 0 : end + 1)) {
    end = text.find(separator);
    parts.push_back(text.substr(0, end));
  }
  return parts;
}

struct Table {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;  ///< [names][rows]
};

double parse_number(std::string_view text, const std::string& where) {
  const auto value = text.empty() ? gap : base::to_number<double>(text);
  if (!value) {
    refuse(where, fmt::format("\"{}\"", text), "a number", "Correct the line or remove it");
  }
  return std::isfinite(*value) ? *value : gap;
}

Table read_table(const fs::path& path) {
  const std::string contents = read_text(path, max_table_bytes);
  std::string_view text = contents;
  // A last line without its end is still being written.
  text = text.substr(0, text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n'));
  const std::vector<std::string_view> lines = split(text, '\n');

  Table table;
  for (const std::string_view name : split(lines.front(), '\t')) {
    table.names.emplace_back(name);
  }
  table.columns.resize(table.names.size());
  for (std::size_t line = 1; line < lines.size(); ++line) {
    const std::string where = fmt::format("{}, line {}", path.string(), line + 1);
    const std::vector<std::string_view> cells = split(lines[line], '\t');
    if (cells.size() != table.names.size()) {
      refuse(where, fmt::format("{} columns", cells.size()),
             fmt::format("{} as in the first line", table.names.size()), "Correct the line or remove it");
    }
    for (std::size_t column = 0; column < cells.size(); ++column) {
      table.columns[column].push_back(parse_number(cells[column], where));
    }
  }
  return table;
}

const std::vector<double>& find_column(const Table& table, const std::string& name, const fs::path& path) {
  const auto found = std::ranges::find(table.names, name);
  if (found == table.names.end()) {
    refuse(path.string(), fmt::format("no column \"{}\"", name), "one of that name in the first line",
           "Check that the file and the plot belong together");
  }
  return table.columns[static_cast<std::size_t>(found - table.names.begin())];
}

/// The mean over a centred window of a fiftieth of the values; gaps stay and do not count.
std::vector<double> moving_average(std::span<const double> values) {
  std::vector<double> sums = {0.0};
  std::vector<std::size_t> counts = {0};
  for (const double value : values) {
    sums.push_back(sums.back() + (std::isnan(value) ? 0.0 : value));
    counts.push_back(counts.back() + (std::isnan(value) ? 0 : 1));
  }
  const std::size_t reach = values.size() / 100;
  std::vector<double> averages(values.size(), gap);
  for (std::size_t n = 0; n < values.size(); ++n) {
    const std::size_t begin = n - std::min(n, reach);
    const std::size_t end = std::min(n + reach + 1, values.size());
    if (!std::isnan(values[n])) {
      averages[n] = (sums[end] - sums[begin]) / static_cast<double>(counts[end] - counts[begin]);
    }
  }
  return averages;
}

/// A string constant for gnuplot: single quotes, doubled inside.
std::string string_constant(std::string_view text) {
  std::string constant = "'";
  for (const char character : text) {
    constant += character == '\n' ? " " : character == '\'' ? "''" : std::string(1, character);
  }
  return constant + "'";
}

std::string number_constant(double value) {
  return std::isnan(value) ? "NaN" : fmt::format("{}", value);
}

bool has_values(std::span<const double> values) {
  return std::ranges::any_of(values, [](double value) { return !std::isnan(value); });
}

/// A gnuplot script under construction: the data blocks first, then the picture.
struct Script {
  std::string data;
  std::string picture;
  int blocks = 0;

  std::string add_block(std::span<const double> x, std::span<const double> y) {
    std::string name = fmt::format("$block{}", blocks++);
    data += name + " << END\n";
    for (std::size_t n = 0; n < x.size(); ++n) {
      data += fmt::format("{} {}\n", number_constant(x[n]), number_constant(y[n]));
    }
    data += "END\n";
    return name;
  }
};

/// The elements of the plot command that draw one series.
std::vector<std::string> draw_series(Script& script, std::span<const double> x, std::span<const double> y,
                                     const PlotSeries& series, std::string_view color, bool smooth) {
  const std::string title = string_constant(series.title);
  constexpr std::size_t few = 40;  // so few values show as points, too
  const std::string_view style = x.size() <= few ? "linespoints pointtype 7 pointsize 0.7" : "lines";
  const auto line = [&](std::span<const double> values, std::string_view alpha, double width,
                        const std::string& legend) {
    return fmt::format("{} using 1:2 with {} linewidth {} linecolor rgb '#{}{}' {}",
                       script.add_block(x, values), style, width, alpha, color, legend);
  };
  if (!smooth) {
    return {line(y, "00", 2.0, "title " + title)};
  }
  return {line(y, "B4", 1.0, "notitle"), line(moving_average(y), "00", 2.5, "title " + title)};
}

void draw_panel(Script& script, const Table& table, const PlotPanel& panel, const fs::path& path) {
  std::vector<std::string> elements;
  bool empty = true;
  for (std::size_t n = 0; n < panel.series.size(); ++n) {
    const std::vector<double>& y = find_column(table, panel.series[n].column, path);
    empty = empty && !has_values(y);
    const auto drawn = draw_series(script, table.columns.front(), y, panel.series[n],
                                   palette[n % palette.size()], panel.smooth);
    elements.insert(elements.end(), drawn.begin(), drawn.end());
  }
  // The pale lines first, so that the smooth ones lie above them.
  std::stable_partition(elements.begin(), elements.end(),
                        [](const std::string& element) { return element.ends_with("notitle"); });
  script.picture += fmt::format(
      "set label 1 {} at graph 0, 1 offset 0, 0.9 left font ',14' textcolor rgb '#202020'\n"
      "set ylabel {} offset -0.5, 0\n"
      "set yrange {}\n"
      "plot {}\n",
      string_constant(panel.title), string_constant(panel.y_label), empty ? "[0:1]" : "[*:*]",
      fmt::join(elements, ", "));
}

std::string x_range(std::span<const double> x) {
  double low = gap;
  double high = gap;
  for (const double value : x) {
    low = std::fmin(low, value);
    high = std::fmax(high, value);
  }
  if (std::isnan(low)) {
    return "[0:1]";
  }
  return low < high ? fmt::format("[{}:{}]", low, high) : fmt::format("[{}:{}]", low - 1.0, high + 1.0);
}

std::string make_script(const Table& table, const Plot& plot, const fs::path& path) {
  Script script;
  script.picture = fmt::format(
      "set terminal pngcairo noenhanced size {}, {} font 'Sans,12' background rgb '#FFFFFF'\n"
      "set encoding utf8\n"
      "set border 3 linecolor rgb '#808080'\n"
      "set tics nomirror out scale 0.6 textcolor rgb '#404040'\n"
      "set grid linetype 1 linecolor rgb '#E4E4E4' linewidth 1\n"
      "set format x '%.10g'\n"
      "set key at graph 1, 1.02 right bottom horizontal Left reverse samplen 2 textcolor rgb '#404040'\n"
      "set lmargin 12\n"
      "set offsets 0, 0, graph 0.04, graph 0.04\n"
      "set rmargin 4\n"
      "set tmargin 3.5\n"
      "set xrange {}\n"
      "set multiplot layout {}, 1 title {} font ',18' offset 0, -0.2\n",
      plot.width, plot.height, x_range(table.columns.front()), plot.panels.size(),
      string_constant(plot.title));
  for (const PlotPanel& panel : plot.panels) {
    if (&panel == &plot.panels.back()) {
      script.picture += fmt::format("set xlabel {}\n", string_constant(plot.x_label));
    }
    draw_panel(script, table, panel, path);
  }
  return script.data + script.picture + "unset multiplot\n";
}

}  // namespace

PlotStatus draw_plot(const fs::path& table, const fs::path& png, const Plot& plot) {
  const std::string script = make_script(read_table(table), plot, table);
  // No start-up file of the user; the script on standard input, the picture on standard output.
  const auto result =
      run_program({.name = "gnuplot", .arguments = {"--default-settings", "-"}, .input = script});
  if (!result) {
    return PlotStatus::gnuplot_is_missing;
  }
  if (result->exit_status != 0 || result->output.empty()) {
    refuse(png.string(), fmt::format("gnuplot's \"{}\"", result->errors.substr(0, 500)), "a plot",
           "Check that gnuplot is 5.2 or later with the pngcairo terminal");
  }
  write_file(png, result->output);
  return PlotStatus::drawn;
}

}  // namespace ganymede::io
