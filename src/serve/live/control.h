#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "serve/live/look.h"
#include "train/trainer.h"

namespace ganymede::serve {

/// The commands of the page to a run.
enum class Command {
  pause,
  step,
  phase,  ///< one of a step: see train::Phase
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
  /// What was done last of a step that is taken phase by phase; nothing elsewhere.
  std::optional<train::Phase> phase;
  std::optional<train::StepMetrics> metrics;  ///< of the last step, once there is one
  std::string resume;  ///< the command line that resumes an ended run; empty if it cannot be resumed
  std::optional<std::int64_t> undo_step;  ///< where undoing the last change leads, if it can be undone
  std::int64_t changes = 0;               ///< how often the run has gone on from a checkpoint
};

/// Passes commands from the server's threads to the training thread, which calls wait_for_leave() before each
/// step, and the run's status and looks at its networks back. Training waits only while it is paused, and
/// copies its networks only when somebody looks.
class Control {
 public:
  /// `request_stop` requests a stop after the current step, with a checkpoint.
  Control(const train::Position& position, std::function<void()> request_stop);

  /// Called by the training thread before a step: returns at once, or, while paused, on a command, a change
  /// or a stop. Returns whether it waited.
  bool wait_for_leave(train::NetworkPair& networks, const std::stop_token& stop);
  /// Called by the training thread at the end of each phase of a step: returns at once unless the step is
  /// taken phase by phase. Returns whether it waited.
  bool wait_in_step(const train::StepView& step, const std::stop_token& stop);
  /// Called by the training thread before a step: the change that was asked for; nothing if none was.
  std::optional<ChangeRequest> take_change();
  /// Called by the training thread when it goes on from a checkpoint, and with the first position.
  void note_restart(const train::Position& position, std::optional<std::int64_t> undo_step);
  /// Called by the training thread after a step.
  void note(const train::StepFinished& event);
  /// Called by the training thread at the end of the run, with the final state and the command that resumes
  /// it. Only the first call counts.
  void end(RunState how, std::string resume = {});

  /// `step` makes a paused run take one step and pauses a running one after its step; `phase` does the same
  /// with one phase of a step. A step that is under way then, and every one before a change, is taken to its
  /// end by any other command than `phase` and `pause`.
  void give(Command command);
  /// Asks for a change of the recipe; false if the run is ending. Settings that wait are changed with it.
  bool change(const std::vector<std::string>& settings);
  LiveStatus status() const;

  /// The networks as they are. Waits for `patience` at most while the training thread copies them, then
  /// returns what was copied last; null if that is nothing.
  std::shared_ptr<const Look> look(std::chrono::milliseconds patience);

 private:
  bool may_leave() const;
  void leave();
  void copy(const train::Position& position, std::optional<train::Phase> phase, train::NetworkPair& networks);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::function<void()> request_stop_;
  LiveStatus status_;
  std::int64_t steps_granted_ = 0;  // to a paused run
  std::int64_t phases_granted_ = 0;
  bool by_phases_ = false;  // the step under way waits after each phase
  std::optional<ChangeRequest> change_;
  std::shared_ptr<Look> look_, spare_;
  std::int64_t looks_ = 0;  // taken so far
  std::condition_variable looked_;
  bool look_wanted_ = false;
  bool look_is_current_ = false;
};

}  // namespace ganymede::serve
