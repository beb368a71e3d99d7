#pragma once

#include <cstdint>

#include "cli/run_directory.h"
#include "data/dataset.h"

namespace ganymede::cli {

/// Writes meta.json: how, where, when and from which data a run was begun. Throws Error(file).
void write_meta(const RunDirectory& run, const data::Dataset& dataset);

/// Adds to meta.json that the run went on after `step`. Throws Error(file).
void add_resumption(const RunDirectory& run, std::int64_t step);

}  // namespace ganymede::cli
