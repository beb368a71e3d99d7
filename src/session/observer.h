#pragma once

#include <functional>
#include <string_view>

#include "scores/scoring.h"
#include "session/pace.h"
#include "train/trainer.h"

namespace ganymede::session {

/// What a session calls while it works, all on its own thread. A function that is left as it is does nothing.
struct Observer {
  /// A line for the person: what is about to happen, or has.
  std::function<void(std::string_view)> say = [](std::string_view) {};
  /// The same of what is amiss; the session goes on.
  std::function<void(std::string_view)> warn = [](std::string_view) {};
  /// A JSON object with an "event", for programs: an interval, an epoch, scores, samples, a verdict, a
  /// rollback.
  std::function<void(std::string_view)> line = [](std::string_view) {};
  /// After each step.
  std::function<void(const train::StepFinished&, const Pace&)> step = [](const auto&, const auto&) {};
  /// After each epoch, before its sample and checkpoint are written.
  std::function<void(const train::EpochFinished&, const Pace&)> epoch = [](const auto&, const auto&) {};
  /// After the generator of a position was scored.
  std::function<void(const train::Position&, const scores::Scoring&)> scored = [](const auto&, const auto&) {
  };
  /// After the last step of a training, before what is written then.
  std::function<void()> steps_over = [] {};
  /// Before a step: may keep the run waiting, and returns whether it did.
  std::function<bool()> before_step = [] { return false; };
};

}  // namespace ganymede::session
