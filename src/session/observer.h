#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scores/scoring.h"
#include "session/pace.h"
#include "train/trainer.h"

namespace ganymede::session {

/// What is to be changed in a run that trains.
struct Change {
  std::vector<std::string> overrides;  ///< of its recipe, as train::parse_recipe() takes them
  bool undo = false;                   ///< in place of these: back to before the last change
};

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
  /// Before a step, with the networks as they are then: may block, and returns whether it did.
  std::function<bool(train::NetworkPair&)> before_step = [](auto&) { return false; };
  /// At the end of each phase of a step: may block, and returns whether it did.
  std::function<bool(const train::StepView&)> phase = [](const auto&) { return false; };
  /// After that: what is to be changed before the step.
  std::function<std::optional<Change>()> change = [] { return std::nullopt; };
  /// Before the first step, and after each change, undoing and rollback: where the run goes on, and the step
  /// that undoing the last change leads to, if there is one.
  std::function<void(const train::Position&, std::optional<std::int64_t> undo_step)> goes_on = [](const auto&,
                                                                                                  auto) {};
};

}  // namespace ganymede::session
