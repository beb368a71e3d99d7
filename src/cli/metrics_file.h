#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "train/trainer.h"

namespace ganymede::cli {

/// The measurements of an interval as a JSON object in one line: step, epoch, time (in seconds since 1970),
/// ms_per_step, images_per_s and the metrics. `event`, if not empty, comes first as "event".
std::string metrics_line(const train::Position& position, const train::StepMetrics& metrics,
                         double seconds_a_step, std::int64_t batch_size, std::string_view event = {});

/// Removes from metrics.jsonl what lies beyond `last_step`, and a line that was torn when the process was
/// killed. Throws Error(file).
void trim_metrics(const std::filesystem::path& metrics, std::int64_t last_step);

/// Writes metrics.jsonl as a table of tab-separated columns that a plot is drawn from. Throws Error(file).
void write_losses_table(const std::filesystem::path& metrics, const std::filesystem::path& table);

}  // namespace ganymede::cli
