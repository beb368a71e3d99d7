#pragma once

#include <functional>

namespace ganymede::bench {

/// The median time in seconds of an action that is repeated for about `budget` seconds, and at least five
/// times, after a warm-up.
double median_seconds(const std::function<void()>& action, double budget);

/// The wall time in seconds of an action on a busy machine: the median of five windows that last `budget`
/// seconds together, each window's time divided by its number of actions, after one window of warm-up. So
/// time slices of other processes are spread over all actions of a window.
double seconds_in_windows(const std::function<void()>& action, double budget);

}  // namespace ganymede::bench
