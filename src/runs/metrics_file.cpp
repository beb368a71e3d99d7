#include "runs/metrics_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <span>
#include <system_error>

#include "base/host.h"
#include "io/files/file.h"

namespace ganymede::runs {

namespace {

namespace fs = std::filesystem;

std::string number_or_nothing(const nlohmann::json& object, const std::string& key) {
  return object.contains(key) && object[key].is_number() ? object[key].dump() : "";
}

std::string measurements(const train::StepMetrics& metrics, double seconds_a_step, std::int64_t batch_size) {
  std::string text = fmt::format(", \"ms_per_step\": {:.4f}, \"images_per_s\": {:.1f}", seconds_a_step * 1e3,
                                 static_cast<double>(batch_size) / std::max(seconds_a_step, 1e-9));
  train::for_each_metric(
      metrics, [&](const char* name, float value) { text += fmt::format(", \"{}\": {}", name, value); });
  return text;
}

nlohmann::json without_time(nlohmann::json line) {
  line.erase("time");
  return line;
}

}  // namespace

void for_each_line(const fs::path& metrics,
                   const std::function<void(std::string_view, const nlohmann::json&)>& visit) {
  constexpr std::size_t largest_file = std::size_t{1} << 30;
  // An inaccessible file does not count as missing: read_file() reports the reason.
  std::error_code error;
  if (!fs::exists(metrics, error) && !error) {
    return;
  }
  const std::string lines = io::read_text(metrics, largest_file);
  std::string_view text = lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string_view line = text.substr(0, end + 1);
    const auto object = nlohmann::json::parse(line, nullptr, false);
    if (object.is_object() && object.contains("step") && object["step"].is_number_integer()) {
      visit(line, object);
    }
    text.remove_prefix(line.size());
  }
}

std::string begin_metrics_line(const train::Position& position, std::string_view event) {
  return (event.empty() ? "{" : fmt::format("{{\"event\": \"{}\", ", event)) +
         fmt::format("\"step\": {}, \"epoch\": {}, \"time\": {:.3f}", position.step, position.epoch(),
                     base::unix_time());
}

std::string metrics_line(const train::IntervalFinished& interval, double seconds_a_step,
                         std::int64_t batch_size, std::string_view event) {
  std::string line = begin_metrics_line(interval.position, event) +
                     measurements(interval.metrics, seconds_a_step, batch_size);
  train::for_each_norm(interval.gradient_norms, [&](const char* name, float value) {
    if (std::isfinite(value)) {
      line += fmt::format(", \"{}\": {}", name, value);
    }
  });
  return line + "}";
}

std::string metrics_line(const train::EpochFinished& epoch, double seconds_a_step, std::int64_t batch_size) {
  return begin_metrics_line(epoch.position, "epoch") +
         measurements(epoch.metrics, seconds_a_step, batch_size) + "}";
}

void trim_metrics(const fs::path& metrics, std::int64_t last_step, std::string_view line) {
  const nlohmann::json added = line.empty() ? nlohmann::json() : without_time(nlohmann::json::parse(line));
  std::string kept;
  for_each_line(metrics, [&](std::string_view old, const nlohmann::json& object) {
    if (object["step"].get<std::int64_t>() <= last_step && without_time(object) != added) {
      kept += old;
    }
  });
  io::write_file(metrics, line.empty() ? kept : fmt::format("{}{}\n", kept, line));
}

void write_metrics_table(const fs::path& metrics, const fs::path& table,
                         std::span<const std::string> columns) {
  std::string text = fmt::format("step\tepoch\t{}", fmt::join(columns, "\t"));
  for_each_line(metrics, [&](std::string_view, const nlohmann::json& object) {
    if (!object.contains(columns.front())) {
      return;
    }
    text += fmt::format("\n{}\t{}", number_or_nothing(object, "step"), number_or_nothing(object, "epoch"));
    for (const std::string& column : columns) {
      text += "\t" + number_or_nothing(object, column);
    }
  });
  io::write_file(table, text + "\n");
}

std::map<std::string, std::vector<double>> metrics_columns(const fs::path& metrics, const std::string& key) {
  std::map<std::string, std::vector<double>> columns;
  std::size_t rows = 0;
  for_each_line(metrics, [&](std::string_view, const nlohmann::json& object) {
    if (!object.contains(key)) {
      return;
    }
    for (const auto& [name, value] : object.items()) {
      if (value.is_number()) {
        std::vector<double>& column = columns[name];
        column.resize(rows, std::numeric_limits<double>::quiet_NaN());
        column.push_back(value.get<double>());
      }
    }
    ++rows;
  });
  for (auto& [name, column] : columns) {
    column.resize(rows, std::numeric_limits<double>::quiet_NaN());
  }
  return columns;
}

std::optional<double> lowest_metric(const fs::path& metrics, const std::string& key) {
  std::optional<double> lowest;
  for_each_line(metrics, [&](std::string_view, const nlohmann::json& object) {
    if (object.contains(key) && object[key].is_number()) {
      const double value = object[key].get<double>();
      lowest = std::min(lowest.value_or(value), value);
    }
  });
  return lowest;
}

std::map<std::string, NewestMetric> newest_metrics(const fs::path& metrics) {
  const std::set<std::string> when = {"step", "epoch", "time", "ms_per_step", "images_per_s"};
  std::map<std::string, NewestMetric> newest;
  for_each_line(metrics, [&](std::string_view, const nlohmann::json& object) {
    for (const auto& [key, value] : object.items()) {
      if (value.is_number() && !when.contains(key)) {
        newest[key] = {value.get<double>(), object["step"].get<std::int64_t>()};
      }
    }
  });
  return newest;
}

}  // namespace ganymede::runs
