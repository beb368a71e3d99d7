#include "cli/stopwatch.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace ganymede::cli {

namespace {

double seconds_of(const std::function<void()>& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  return elapsed.count();
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
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
  return times[times.size() / 2];
}

}  // namespace ganymede::cli
