#pragma once

#include <functional>

namespace ganymede::cli {

/// The median time in seconds of an action that is repeated for about `budget` seconds, and at least five
/// times, after a warm-up.
double median_seconds(const std::function<void()>& action, double budget);

}  // namespace ganymede::cli
