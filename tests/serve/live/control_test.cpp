#include "serve/live/control.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stop_token>
#include <thread>

namespace ganymede::serve {
namespace {

/// A thread that takes steps like a trainer, as fast as it can.
class Steps {
 public:
  explicit Steps(Control& control) : control_(control) {
    thread_ = std::jthread([this](const std::stop_token&) {
      while (!stop_.stop_requested()) {
        control_.wait_for_leave(stop_.get_token());
        ++steps_;
      }
    });
  }
  ~Steps() { stop_.request_stop(); }

  int count() const { return steps_; }
  /// The count once it no longer changes.
  int settled() const {
    int before = -1;
    while (before != steps_) {
      before = steps_;
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
    }
    return before;
  }
  void wait_until_above(int count) const {
    while (steps_ <= count) {
      std::this_thread::yield();
    }
  }

 private:
  Control& control_;
  std::stop_source stop_;
  std::atomic<int> steps_ = 0;
  std::jthread thread_;
};

TEST(Control, DoesNotBlockARunThatIsNotPaused) {
  Control control(train::Position{}, [] {});
  EXPECT_FALSE(control.wait_for_leave({}));
}

TEST(Control, GrantsOneStepAtATimeToAPausedRun) {
  Control control(train::Position{}, [] {});
  control.give(Command::pause);
  Steps steps(control);
  EXPECT_EQ(steps.settled(), 0);
  control.give(Command::step);
  steps.wait_until_above(0);
  EXPECT_EQ(steps.settled(), 1);
  control.give(Command::step);
  control.give(Command::step);
  steps.wait_until_above(2);
  EXPECT_EQ(steps.settled(), 3);
  EXPECT_EQ(control.status().state, RunState::paused);
  control.give(Command::resume);
  steps.wait_until_above(100);
  EXPECT_EQ(control.status().state, RunState::training);
}

TEST(Control, StopsARunThatIsPaused) {
  std::stop_source stop;
  Control control(train::Position{}, [&] { stop.request_stop(); });
  control.give(Command::pause);
  std::thread trainer([&] { control.wait_for_leave(stop.get_token()); });
  control.give(Command::stop);
  trainer.join();
  EXPECT_TRUE(stop.stop_requested());
  EXPECT_EQ(control.status().state, RunState::stopping);
  control.give(Command::resume);
  EXPECT_EQ(control.status().state, RunState::stopping);
}

TEST(Control, LetsASignalEndAPause) {
  Control control(train::Position{}, [] {});
  control.give(Command::pause);
  std::stop_source stop;
  auto trainer = std::async(std::launch::async, [&] { return control.wait_for_leave(stop.get_token()); });
  EXPECT_EQ(trainer.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  stop.request_stop();
  EXPECT_TRUE(trainer.get()) << "it did not wait";
}

TEST(Control, ReportsTheLastStep) {
  Control control(train::Position{.step = 0, .total_steps = 8, .steps_an_epoch = 4}, [] {});
  control.note({.position = {.step = 5, .total_steps = 8, .steps_an_epoch = 4},
                .metrics = train::GanMetrics{.generator_loss = 2.0F}});
  EXPECT_EQ(control.status().position.step, 5);
  EXPECT_EQ(std::get<train::GanMetrics>(control.status().metrics.value()).generator_loss, 2.0F);
}

TEST(Control, ReportsTheEndAndTheCommandThatResumes) {
  Control control(train::Position{}, [] {});
  control.give(Command::stop);
  control.end(RunState::stopped, "ganymede train --resume run");
  control.end(RunState::failed);  // only the first call counts
  EXPECT_EQ(control.status().state, RunState::stopped);
  EXPECT_EQ(control.status().resume, "ganymede train --resume run");
  control.give(Command::resume);
  EXPECT_EQ(control.status().state, RunState::stopped);
  EXPECT_EQ(to_string(RunState::stopped), "stopped");
  EXPECT_EQ(to_string(RunState::failed), "failed");
}

TEST(Control, KnowsItsFourCommands) {
  EXPECT_EQ(parse_command("pause"), Command::pause);
  EXPECT_EQ(parse_command("stop"), Command::stop);
  EXPECT_EQ(parse_command("STOP"), std::nullopt);
  EXPECT_EQ(parse_command(""), std::nullopt);
}

}  // namespace
}  // namespace ganymede::serve
