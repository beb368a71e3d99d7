#include "serve/live/control.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/stopwatch.h"

namespace ganymede::serve {

std::optional<Command> parse_command(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, Command>, 6> words = {{{"pause", Command::pause},
                                                                          {"step", Command::step},
                                                                          {"phase", Command::phase},
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

bool Control::may_leave() const {
  return status_.state != RunState::paused || steps_granted_ > 0 || phases_granted_ > 0 || change_;
}

bool Control::wait_for_leave(train::NetworkPair& networks, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  bool waited = false;
  const auto look_is_due = [this] { return look_wanted_ && !look_is_current_; };
  while (true) {
    if (look_is_due()) {
      copy(status_.position, std::nullopt, networks);
    }
    if (may_leave() || stop.stop_requested()) {
      break;
    }
    waited = true;
    changed_.wait(lock, stop, [&] { return may_leave() || look_is_due(); });
  }
  if (!change_) {  // with one, no step follows
    by_phases_ = status_.state == RunState::paused && steps_granted_ == 0 && phases_granted_ > 0;
    std::int64_t& granted = by_phases_ ? phases_granted_ : steps_granted_;
    granted = std::max<std::int64_t>(granted - 1, 0);
  }
  leave();
  return waited;
}

bool Control::wait_in_step(const train::StepView& step, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!by_phases_) {
    return false;
  }
  const auto before = step.phase == train::Phase::forward ? nullptr : look_;
  copy(step.position, step.phase, step.networks);
  look_->before = before;
  look_->metrics = step.metrics;
  look_->batch = step.phase == train::Phase::forward
                     ? beginning_of(step.batch,
                                    static_cast<std::size_t>(step.networks.partner().spec().input.elements()))
                     : look_->before->batch;
  status_.phase = step.phase;
  if (step.phase == train::Phase::generator_update) {
    by_phases_ = false;  // the step is over, and the run waits before the next one
    return false;
  }
  changed_.wait(lock, stop, [this] { return may_leave(); });
  by_phases_ = status_.state == RunState::paused && phases_granted_ > 0 && steps_granted_ == 0 && !change_ &&
               !stop.stop_requested();
  std::int64_t& granted = by_phases_ ? phases_granted_ : steps_granted_;
  granted = std::max<std::int64_t>(granted - 1, 0);
  leave();
  return true;
}

/// mutex_ must be locked.
void Control::leave() {
  if (!by_phases_) {  // with them the last one counts until the next is done
    status_.phase.reset();
  }
  look_is_current_ = false;
}

/// mutex_ must be locked.
void Control::copy(const train::Position& position, std::optional<train::Phase> phase,
                   train::NetworkPair& networks) {
  const base::Stopwatch stopwatch;
  // Memory that nobody reads is used again: new memory of this size takes longer than the copy.
  std::shared_ptr<Look> next = spare_ && spare_.use_count() == 1 ? spare_ : std::make_shared<Look>();
  spare_ = std::exchange(look_, next);
  next->before.reset();
  next->number = ++looks_;
  next->position = position;
  next->phase = phase;
  next->generator.take(networks.generator().weights());
  next->partner.take(networks.partner().weights());
  next->metrics = status_.metrics;
  next->seconds = stopwatch.seconds();
  look_wanted_ = false;
  look_is_current_ = true;
  looked_.notify_all();
}

std::shared_ptr<const Look> Control::look(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (!look_is_current_ && !has_ended(status_.state)) {
    look_wanted_ = true;
    changed_.notify_all();
    const std::int64_t before = looks_;
    looked_.wait_for(lock, patience, [&] { return looks_ > before || has_ended(status_.state); });
  }
  return look_;
}

std::optional<ChangeRequest> Control::take_change() {
  const std::lock_guard lock(mutex_);
  return std::exchange(change_, std::nullopt);
}

void Control::note_restart(const train::Position& position, std::optional<std::int64_t> undo_step) {
  const std::lock_guard lock(mutex_);
  status_.position = position;
  look_is_current_ = false;
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
    looked_.notify_all();
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
      case Command::phase:
        phases_granted_ += status_.state == RunState::paused ? 1 : 0;
        status_.state = RunState::paused;
        break;
      case Command::resume:
        status_.state = RunState::training;
        steps_granted_ = phases_granted_ = 0;
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
