#pragma once

#include <chrono>
#include <utility>

namespace ganymede::base {

/// Measures wall time.
class Stopwatch {
 public:
  /// The seconds since its construction or the last lap.
  double seconds() const { return between(begin_, Clock::now()); }
  /// The same, and begins a new lap.
  double lap() {
    const Clock::time_point now = Clock::now();
    return between(std::exchange(begin_, now), now);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static double between(Clock::time_point begin, Clock::time_point end) {
    return std::chrono::duration<double>(end - begin).count();
  }

  Clock::time_point begin_ = Clock::now();
};

}  // namespace ganymede::base
