#include "serve/live/control.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ganymede::serve {

std::optional<Command> parse_command(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, Command>, 5> words = {{{"pause", Command::pause},
                                                                          {"step", Command::step},
                                                                          {"resume", Command::resume},
                                                                          {"stop", Command::stop},
                                                                          {"undo", Command::undo}}};
  const auto found = std::ranges::find(words, word, &std::pair<std::string_view, Command>::first);
  return found == words.end() ? std::nullopt : std::optional(found->second);
}

std::string_view to_string(RunState state) {
  constexpr std::array<std::string_view, 7> names = {"training", "paused",   "stopping", "finished",
                                                     "stopped",  "diverged", "failed"};
  return names[static_cast<std::size_t>(state)];
}

bool has_ended(RunState state) {
  return state >= RunState::finished;
}

Control::Control(const train::Position& position, std::function<void()> request_stop)
    : request_stop_(std::move(request_stop)) {
  status_.position = position;
}

bool Control::wait_for_leave(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  bool waited = false;
  const auto may_leave = [this] {
    return status_.state != RunState::paused || steps_granted_ > 0 || change_;
  };
  while (!may_leave() && !stop.stop_requested()) {
    waited = true;
    changed_.wait(lock, stop, may_leave);
  }
  if (!change_) {  // with one, no step follows
    steps_granted_ = std::max<std::int64_t>(steps_granted_ - 1, 0);
  }
  return waited;
}

std::optional<ChangeRequest> Control::take_change() {
  const std::lock_guard lock(mutex_);
  return std::exchange(change_, std::nullopt);
}

void Control::note_restart(const train::Position& position, std::optional<std::int64_t> undo_step) {
  const std::lock_guard lock(mutex_);
  status_.position = position;
  status_.undo_step = undo_step;
  ++status_.changes;
}

void Control::note(const train::StepFinished& event) {
  const std::lock_guard lock(mutex_);
  status_.position = event.position;
  status_.metrics = event.metrics;
}

void Control::end(RunState how, std::string resume) {
  const std::lock_guard lock(mutex_);
  if (!has_ended(status_.state)) {
    status_.state = how;
    status_.resume = std::move(resume);
  }
}

void Control::give(Command command) {
  {
    const std::lock_guard lock(mutex_);
    if (status_.state == RunState::stopping || has_ended(status_.state)) {
      return;
    }
    switch (command) {
      case Command::step:
        steps_granted_ += status_.state == RunState::paused ? 1 : 0;
        [[fallthrough]];
      case Command::pause:
        status_.state = RunState::paused;
        break;
      case Command::resume:
        status_.state = RunState::training;
        steps_granted_ = 0;
        break;
      case Command::stop:
        status_.state = RunState::stopping;
        break;
      case Command::undo:
        change_ = ChangeRequest{.settings = {}, .undo = true};
        break;
    }
  }
  changed_.notify_all();
  if (command == Command::stop) {
    request_stop_();
  }
}

bool Control::change(const std::vector<std::string>& settings) {
  {
    const std::lock_guard lock(mutex_);
    if (status_.state == RunState::stopping || has_ended(status_.state)) {
      return false;
    }
    if (!change_ || change_->undo) {
      change_.emplace();
    }
    change_->settings.insert(change_->settings.end(), settings.begin(), settings.end());
  }
  changed_.notify_all();
  return true;
}

LiveStatus Control::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace ganymede::serve
