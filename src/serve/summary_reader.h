#pragma once

#include <functional>

#include "serve/runs.h"

namespace ganymede::serve {

/// Reads what a list tells of a run. What cannot be read is left out; a run whose files have not changed
/// since the last call is not read again.
std::function<RunSummary(const RunFiles& files)> make_summary_reader();

}  // namespace ganymede::serve
