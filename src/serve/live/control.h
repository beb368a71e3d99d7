#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "train/trainer.h"

namespace ganymede::serve {

/// What a viewer of the page can ask of a run.
enum class Command { pause, step, resume, stop };
/// The command that a word stands for; nothing if none does.
std::optional<Command> parse_command(std::string_view word);

enum class RunState {
  training,
  paused,
  stopping,  ///< after the step that is under way, with a checkpoint
  finished,  ///< all steps are done
  stopped,   ///< before that, on request
  diverged,  ///< the networks can learn no more
  failed     ///< an error has ended it
};
std::string_view to_string(RunState state);
/// Whether nothing follows: a run that has ended stays as it is.
bool has_ended(RunState state);

/// Where a run stands.
struct LiveStatus {
  RunState state = RunState::training;
  train::Position position;
  std::optional<train::StepMetrics> metrics;  ///< of the last step, once there is one
  std::string resume;  ///< the command line that goes on with a run that has ended; empty if none does
};

/// Stands between a run and those who watch it: the training thread asks before each step whether to go on,
/// the server's threads give commands and look. A viewer never keeps the training waiting.
class Control {
 public:
  /// `request_stop` asks the run to stop after its step, with a checkpoint.
  Control(const train::Position& position, std::function<void()> request_stop);

  /// Called by the training thread before a step: returns at once, or, while paused, on a command or a stop.
  /// Returns whether it waited.
  bool wait_for_leave(const std::stop_token& stop);
  /// Called by the training thread after a step.
  void note(const train::StepFinished& event);
  /// Called by the training thread when the run is over: how, and the command that goes on with it. The first
  /// call counts.
  void end(RunState how, std::string resume = {});

  /// `step` lets a paused run do one step and pauses a running one after its step.
  void give(Command command);
  LiveStatus status() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::function<void()> request_stop_;
  LiveStatus status_;
  std::int64_t steps_granted_ = 0;  // to a paused run
};

}  // namespace ganymede::serve
