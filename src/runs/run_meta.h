#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "data/dataset.h"
#include "runs/run_directory.h"

namespace ganymede::runs {

/// Writes meta.json: how, where, when, in which precision ("f32" or "bf16") and from which data a run was
/// begun. Throws Error(file).
void write_meta(const RunDirectory& run, const data::Dataset& dataset, const std::string& precision);

/// The precision that a run was begun in, where its meta.json has it. Throws Error(file).
std::optional<std::string> precision_at_start(const RunDirectory& run);

/// Adds to meta.json that the run went on after `step`. Throws Error(file).
void add_resumption(const RunDirectory& run, std::int64_t step);

}  // namespace ganymede::runs
