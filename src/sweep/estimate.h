#pragma once

#include <functional>
#include <vector>

#include "sweep/standing.h"

namespace ganymede::sweep {

/// The seconds that one worker with all threads takes for the steps that are left, without scores: some steps
/// of each setting that has runs left are measured here, for a third of a second at least. Ends early when
/// `enough` says so. Throws as session::seconds_a_step() does.
double seconds_left(const Plan& plan, const std::vector<Standing>& standings,
                    const std::function<bool()>& enough);

}  // namespace ganymede::sweep
