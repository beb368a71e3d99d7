#include "bench/timing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/stopwatch.h"

namespace ganymede::bench {

namespace {

double seconds_of(const std::function<void()>& action) {
  const base::Stopwatch stopwatch;
  action();
  return stopwatch.seconds();
}

double median(std::vector<double> times) {
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
  return times[times.size() / 2];
}

/// The mean time of an action that is repeated for `seconds`, at least once.
double mean_seconds(const std::function<void()>& action, double seconds) {
  double total = 0.0;
  int count = 0;
  while (total < seconds || count == 0) {
    total += seconds_of(action);
    ++count;
  }
  return total / count;
}

}  // namespace

double median_seconds(const std::function<void()>& action, double budget) {
  constexpr std::size_t fewest = 5;
  constexpr int warm_up = 3;
  for (int i = 0; i < warm_up; ++i) {
    action();
  }
  std::vector<double> times;
  double total = 0.0;
  while (total < budget || times.size() < fewest) {
    times.push_back(seconds_of(action));
    total += times.back();
  }
  return median(std::move(times));
}

double seconds_in_windows(const std::function<void()>& action, double budget) {
  constexpr int windows = 5;
  const double seconds = budget / windows;
  mean_seconds(action, seconds);
  std::vector<double> means;
  for (int i = 0; i < windows; ++i) {
    means.push_back(mean_seconds(action, seconds));
  }
  return median(std::move(means));
}

}  // namespace ganymede::bench
