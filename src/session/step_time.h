#pragma once

#include <functional>

#include "session/session.h"

namespace ganymede::session {

/// The seconds of a step of a run that could begin with `start`, measured on this machine: some steps of new
/// networks, for a third of a second at least. Ends early, with what is measured by then, when `enough` says
/// so before a step; 0 if that is nothing. Throws Error(configuration) and Error(data) as a training does.
double seconds_a_step(const Start& start, const std::function<bool()>& enough);

/// How many times as long a step of `recipe` takes as one of `measured`, estimated from the images in both.
double relative_cost(const train::Recipe& recipe, const train::Recipe& measured);

}  // namespace ganymede::session
