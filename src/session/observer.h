#pragma once

#include <functional>
#include <string_view>

#include "scores/scoring.h"
#include "session/pace.h"
#include "train/trainer.h"

namespace ganymede::session {

/// The callbacks of a session, all on its own thread. The default does nothing.
struct Observer {
  /// A message for the user.
  std::function<void(std::string_view)> say = [](std::string_view) {};
  /// A warning; the session continues.
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
  /// Before a step: may block, and returns whether it did.
  std::function<bool()> before_step = [] { return false; };
};

}  // namespace ganymede::session
