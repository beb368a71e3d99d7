#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "train/trainer.h"

namespace ganymede::serve {

/// The commands of the page to a run.
enum class Command {
  pause,
  step,
  resume,
  stop,
  undo  ///< the last change
};
/// The command of this name, if there is one.
std::optional<Command> parse_command(std::string_view word);

enum class RunState {
  training,
  paused,
  stopping,  ///< after the current step, with a checkpoint
  finished,  ///< all steps are done
  stopped,   ///< before that, on request
  diverged,  ///< training ended with a divergence
  failed     ///< training ended with an error
};
std::string_view to_string(RunState state);
/// Whether the state is final.
bool has_ended(RunState state);

/// What the training thread is to change before its next step.
struct ChangeRequest {
  std::vector<std::string> settings;  ///< "KEY=VALUE", of the recipe
  bool undo = false;                  ///< in place of these: go back to before the last change
};

/// The state of a run.
struct LiveStatus {
  RunState state = RunState::training;
  train::Position position;
  std::optional<train::StepMetrics> metrics;  ///< of the last step, once there is one
  std::string resume;  ///< the command line that resumes an ended run; empty if it cannot be resumed
  std::optional<std::int64_t> undo_step;  ///< where undoing the last change leads, if it can be undone
  std::int64_t changes = 0;               ///< how often the run has gone on from a checkpoint
};

/// Passes commands from the server's threads to the training thread, which calls wait_for_leave() before each
/// step, and the run's status back. Training waits only while it is paused.
class Control {
 public:
  /// `request_stop` requests a stop after the current step, with a checkpoint.
  Control(const train::Position& position, std::function<void()> request_stop);

  /// Called by the training thread before a step: returns at once, or, while paused, on a command, a change
  /// or a stop. Returns whether it waited.
  bool wait_for_leave(const std::stop_token& stop);
  /// Called by the training thread before a step: the change that was asked for; nothing if none was.
  std::optional<ChangeRequest> take_change();
  /// Called by the training thread when it goes on from a checkpoint, and with the first position.
  void note_restart(const train::Position& position, std::optional<std::int64_t> undo_step);
  /// Called by the training thread after a step.
  void note(const train::StepFinished& event);
  /// Called by the training thread at the end of the run, with the final state and the command that resumes
  /// it. Only the first call counts.
  void end(RunState how, std::string resume = {});

  /// `step` makes a paused run take one step and pauses a running one after its step.
  void give(Command command);
  /// Asks for a change of the recipe; false if the run is ending. Settings that wait are changed with it.
  bool change(const std::vector<std::string>& settings);
  LiveStatus status() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::function<void()> request_stop_;
  LiveStatus status_;
  std::int64_t steps_granted_ = 0;  // to a paused run
  std::optional<ChangeRequest> change_;
};

}  // namespace ganymede::serve
