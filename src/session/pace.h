#pragma once

#include <chrono>
#include <cstdint>

#include "train/trainer.h"

namespace ganymede::session {

/// The speed of a run and its remaining time. Steps and the work between epochs (samples, checkpoints) are
/// measured separately.
class Pace {
 public:
  /// Call when the work before the first step begins.
  Pace() : last_(Clock::now()) {}

  /// Call after each step.
  void count_step();
  /// Call after the work at the end of an epoch, and after that before the first step.
  void count_pause();
  /// Leaves out the time since the last call of any of these, in which the run was paused.
  void leave_out() { lap(); }

  /// Moving average over the last seconds.
  double seconds_a_step() const { return weighted_steps_ > 0.0 ? weighted_seconds_ / weighted_steps_ : 0.0; }
  /// The mean since the last call.
  double take_interval_seconds_a_step();
  /// Until the end of the run.
  double seconds_left(const train::Position& position) const;

 private:
  using Clock = std::chrono::steady_clock;
  double lap();

  Clock::time_point last_;
  double weighted_seconds_ = 0.0, weighted_steps_ = 0.0;
  double interval_seconds_ = 0.0, interval_steps_ = 0.0;
  double pause_seconds_ = 0.0, pauses_ = 0.0;
};

}  // namespace ganymede::session
