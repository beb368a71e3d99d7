#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "data/dataset.h"
#include "runs/run_directory.h"

namespace ganymede::runs {

/// Writes meta.json: the command, machine, time, precision ("f32" or "bf16") and data of a new run. Throws
/// Error(file).
void write_meta(const RunDirectory& run, const data::Dataset& dataset, const std::string& precision);

/// The precision of a run's start, if its meta.json has it. Throws Error(file).
std::optional<std::string> precision_at_start(const RunDirectory& run);

/// Records in meta.json that the run was resumed after `step`. Throws Error(file).
void add_resumption(const RunDirectory& run, std::int64_t step);

}  // namespace ganymede::runs
