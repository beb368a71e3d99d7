#include "bench/measurement.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "base/buffer.h"
#include "base/number.h"
#include "base/stopwatch.h"
#include "ops/matmul.h"

namespace ganymede::bench {

double peak_gflops(const ops::Device& device, base::DType precision) {
  constexpr std::int64_t size = 1536;
  constexpr int rounds = 8;
  const ops::Matmul matmul(
      device, {.rows = size, .inner = size, .columns = size, .src = precision, .weights = precision});
  const base::Buffer src(size * size * sizeof(float));
  const base::Buffer weights(size * size * sizeof(float));
  base::Buffer dst(size * size * sizeof(float));
  double best = 0.0;
  for (int round = 0; round < rounds; ++round) {
    const base::Stopwatch stopwatch;
    matmul.run(src.data(), weights.data(), nullptr, dst.data());
    best = std::max(best, 2e-9 * size * size * size / stopwatch.seconds());
  }
  return best;
}

Measurement with_rate(Measurement measurement, double operations, double peak) {
  if (operations > 0.0 && measurement.milliseconds) {
    measurement.gflops = 1e-6 * operations / *measurement.milliseconds;
    measurement.peak_share = *measurement.gflops / peak;
  }
  return measurement;
}

std::vector<Measurement> pass_rows(const train::Recipe& recipe, const std::vector<net::PassTime>& times,
                                   std::int64_t steps, double peak) {
  std::vector<Measurement> rows;
  rows.reserve(times.size());
  for (const net::PassTime& time : times) {
    const double calls_a_step = static_cast<double>(time.calls) / static_cast<double>(steps);
    rows.push_back(with_rate({.recipe = recipe.name,
                              .precision = train::precision_name(recipe),
                              .what = fmt::format("{}, {}", time.layer, net::pass_name(time.pass)),
                              .milliseconds = 1e3 * time.seconds / static_cast<double>(steps)},
                             time.operations * calls_a_step, peak));
  }
  std::ranges::sort(rows, std::greater<>{}, &Measurement::milliseconds);
  return rows;
}

namespace {

/// A column that a table has where a row has a value for it.
struct OptionalColumn {
  const char* title;
  const char* name;  ///< in JSON
  std::optional<double> Measurement::*value;
  const char* format;
  double scale = 1.0;
};

constexpr std::array<OptionalColumn, 6> optional_columns = {{
    {" to quiet", "to_quiet", &Measurement::to_quiet, " {:>7.2f}x"},
    {" exchanges", "exchanges", &Measurement::exchanges, " {:>9.0f}"},
    {"  MB sent", "sent_bytes", &Measurement::sent_bytes, " {:>8.3f}", 1e-6},
    {"  MB read", "read_bytes", &Measurement::read_bytes, " {:>8.3f}", 1e-6},
    {"  to one", "to_one_process", &Measurement::to_one_process, " {:>6.2f}x"},
    {"   weak", "weak_efficiency", &Measurement::weak_efficiency, " {:>5.0f}%", 100.0},
}};

}  // namespace

std::string table(const std::vector<Measurement>& rows) {
  const auto cell = [](const std::optional<double>& value, const auto& format) {
    return value ? format(*value) : std::string();
  };
  std::vector<OptionalColumn> columns;
  std::ranges::copy_if(optional_columns, std::back_inserter(columns), [&](const OptionalColumn& column) {
    return std::ranges::any_of(rows, [&](const Measurement& row) { return (row.*column.value).has_value(); });
  });
  std::string text = fmt::format("{:<12} {:<5} {:<52} {:>9} {:>9} {:>8} {:>6}", "recipe", "type", "what",
                                 "ms", "images/s", "GFLOP/s", "peak");
  for (const OptionalColumn& column : columns) {
    text += column.title;
  }
  text += "\n";
  for (const Measurement& row : rows) {
    text += fmt::format("{:<12} {:<5} {:<52} {:>9} {:>9} {:>8} {:>6}", row.recipe, row.precision, row.what,
                        cell(row.milliseconds, [](double value) { return fmt::format("{:.3f}", value); }),
                        cell(row.images_per_s, [](double value) { return base::compact(value); }),
                        cell(row.gflops, [](double value) { return fmt::format("{:.0f}", value); }),
                        cell(row.peak_share, [](double value) { return base::percent(value); }));
    for (const OptionalColumn& column : columns) {
      const std::optional<double>& value = row.*column.value;
      text += value ? fmt::format(fmt::runtime(column.format), column.scale * *value)
                    : std::string(std::string_view(column.title).size(), ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text;
}

std::string json_lines(const std::vector<Measurement>& rows) {
  std::string text;
  for (const Measurement& row : rows) {
    nlohmann::ordered_json object = {
        {"recipe", row.recipe}, {"precision", row.precision}, {"what", row.what}};
    const auto add = [&object](const char* name, const std::optional<double>& value) {
      if (value) {
        object[name] = *value;
      }
    };
    add("ms", row.milliseconds);
    add("images_per_s", row.images_per_s);
    add("gflops", row.gflops);
    add("peak_share", row.peak_share);
    for (const OptionalColumn& column : optional_columns) {
      add(column.name, row.*column.value);
    }
    text += object.dump() + "\n";
  }
  return text;
}

}  // namespace ganymede::bench
