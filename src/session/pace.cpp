#include "session/pace.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ganymede::session {

double Pace::lap() {
  const Clock::time_point now = Clock::now();
  return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
}

void Pace::count_step() {
  constexpr double memory = 5.0;  // seconds after which a step counts for 1 / e
  const double seconds = lap();
  const double kept = std::exp(-seconds / memory);
  weighted_seconds_ = kept * weighted_seconds_ + seconds;
  weighted_steps_ = kept * weighted_steps_ + 1.0;
  interval_seconds_ += seconds;
  interval_steps_ += 1.0;
}

void Pace::count_pause() {
  pause_seconds_ += lap();
  pauses_ += 1.0;
}

double Pace::take_interval_seconds_a_step() {
  const double mean = interval_seconds_ / std::max(interval_steps_, 1.0);
  interval_seconds_ = 0.0;
  interval_steps_ = 0.0;
  return mean;
}

double Pace::seconds_left(const train::Position& position) const {
  const auto steps = static_cast<double>(position.total_steps - position.step);
  const std::int64_t epoch_ends = position.epochs() - position.step / position.steps_an_epoch;
  return steps * seconds_a_step() + static_cast<double>(epoch_ends) * pause_seconds_ / std::max(pauses_, 1.0);
}

}  // namespace ganymede::session
