#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/trainer.h"

namespace ganymede::runs {

/// Calls `visit` with each whole line of metrics.jsonl that is a JSON object with a step, and the object.
/// Throws Error(file).
void for_each_line(const std::filesystem::path& metrics,
                   const std::function<void(std::string_view, const nlohmann::json&)>& visit);

/// A line of metrics.jsonl up to its values: "{", the event where one is given, step, epoch, time (in seconds
/// since 1970).
std::string begin_metrics_line(const train::Position& position, std::string_view event = {});

/// The measurements of an interval as a JSON object in one line: step, epoch, time (in seconds since 1970),
/// ms_per_step, images_per_s, the metrics and the norms of the gradients as far as they are finite. `event`,
/// if not empty, comes first as "event".
std::string metrics_line(const train::IntervalFinished& interval, double seconds_a_step,
                         std::int64_t batch_size, std::string_view event = {});
/// The same of an epoch, without gradients, as the event "epoch".
std::string metrics_line(const train::EpochFinished& epoch, double seconds_a_step, std::int64_t batch_size);

/// Removes from metrics.jsonl the lines after `last_step`, and an incomplete last line of a killed process.
/// In the same write `line`, if not empty, is added; it replaces a line that differs only in its time, which
/// a process killed after writing it has left. Throws Error(file).
void trim_metrics(const std::filesystem::path& metrics, std::int64_t last_step, std::string_view line = {});

/// Writes the lines of metrics.jsonl that have the first of `columns` as a table of tab-separated values,
/// with step and epoch before them, for a plot. Throws Error(file).
void write_metrics_table(const std::filesystem::path& metrics, const std::filesystem::path& table,
                         std::span<const std::string> columns);

/// The numbers of metrics.jsonl by their keys, each with a value for every line that has the key `key`, in
/// their order; not a number where a line lacks it. Empty if there is no such line. Throws Error(file).
std::map<std::string, std::vector<double>> metrics_columns(const std::filesystem::path& metrics,
                                                           const std::string& key);

/// The lowest value under `key` in metrics.jsonl; nothing if there is none.
std::optional<double> lowest_metric(const std::filesystem::path& metrics, const std::string& key);

/// The newest number under a key of metrics.jsonl.
struct NewestMetric {
  double value = 0.0;     ///< the number
  std::int64_t step = 0;  ///< the steps that were done then
};
/// The last measurements by key: losses, accuracies and scores, without step and time. Throws Error(file).
std::map<std::string, NewestMetric> newest_metrics(const std::filesystem::path& metrics);

}  // namespace ganymede::runs
