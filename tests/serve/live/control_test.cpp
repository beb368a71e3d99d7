#include "serve/live/control.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stop_token>
#include <thread>

#include "serve/runs_fixture.h"

namespace ganymede::serve {
namespace {

/// Networks that nobody trains.
train::NetworkPair& some_networks() {
  static train::NetworkPair networks(train::parse_recipe(test::small_recipe, "small"), {4, 4, 1}, 2);
  return networks;
}

/// A thread that takes steps like a trainer, as fast as it can.
class Steps {
 public:
  explicit Steps(Control& control) : control_(control) {
    thread_ = std::jthread([this](const std::stop_token&) {
      while (!stop_.stop_requested()) {
        control_.wait_for_leave(some_networks(), stop_.get_token());
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
  EXPECT_FALSE(control.wait_for_leave(some_networks(), {}));
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
  std::thread trainer([&] { control.wait_for_leave(some_networks(), stop.get_token()); });
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
  auto trainer = std::async(std::launch::async,
                            [&] { return control.wait_for_leave(some_networks(), stop.get_token()); });
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

TEST(Control, LetsAPausedRunAndOneThatTrainsBeLookedAt) {
  using std::chrono::seconds;
  Control control(train::Position{}, [] {});
  EXPECT_EQ(control.look(std::chrono::milliseconds(1)), nullptr);  // since nobody trains
  Steps steps(control);
  const auto first = control.look(seconds(60));
  ASSERT_NE(first, nullptr);
  const std::span parameters = some_networks().generator().weights().parameters();
  EXPECT_EQ(first->generator.parameters, std::vector<float>(parameters.begin(), parameters.end()));
  EXPECT_EQ(first->phase, std::nullopt);
  EXPECT_GT(control.look(seconds(60))->number, first->number);
  control.give(Command::pause);
  steps.settled();
  const auto paused = control.look(seconds(60));
  EXPECT_EQ(control.look(seconds(60)), paused) << "nothing has changed since";
}

/// A trainer's step, of three phases.
void take_step(Control& control, const std::stop_token& stop, std::vector<train::Phase>& told) {
  static const std::vector<float> images(32, 0.5F), latents(8, 0.25F);
  static const std::vector<std::int32_t> labels = {0, 1};
  const train::Batch batch{.images = images, .labels = labels, .latents = latents};
  const train::StepMetrics metrics = train::GanMetrics{.discriminator_loss_fake = 3.0F};
  control.wait_for_leave(some_networks(), stop);
  for (const auto phase :
       {train::Phase::forward, train::Phase::partner_update, train::Phase::generator_update}) {
    if (stop.stop_requested()) {
      return;
    }
    some_networks().partner().weights().parameters()[0] +=
        phase == train::Phase::partner_update ? 1.0F : 0.0F;
    told.push_back(phase);
    control.wait_in_step({phase, {.step = 7}, some_networks(), batch, metrics}, stop);
  }
}

TEST(Control, TakesAStepPhaseByPhase) {
  using std::chrono::seconds;
  Control control(train::Position{}, [] {});
  control.give(Command::pause);
  std::vector<train::Phase> told;
  std::stop_source stop;
  auto trainer = std::async(std::launch::async, [&] { take_step(control, stop.get_token(), told); });
  const auto wait_for = [&](train::Phase phase) {
    control.give(Command::phase);
    while (control.status().phase != phase) {
      std::this_thread::yield();
    }
    return control.look(seconds(60));
  };
  const auto forward = wait_for(train::Phase::forward);
  EXPECT_EQ(forward->phase, train::Phase::forward);
  EXPECT_EQ(forward->position.step, 7);
  EXPECT_EQ(forward->before, nullptr);
  EXPECT_EQ(forward->batch.count, 2);
  EXPECT_EQ(forward->batch.labels, (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(forward->batch.images.size(), 32);
  EXPECT_EQ(std::get<train::GanMetrics>(*forward->metrics).discriminator_loss_fake, 3.0F);
  EXPECT_EQ(trainer.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  const auto updated = wait_for(train::Phase::partner_update);
  EXPECT_EQ(updated->before, forward);
  EXPECT_EQ(updated->partner.parameters[0], forward->partner.parameters[0] + 1.0F);
  EXPECT_EQ(updated->batch.images, forward->batch.images);
  const auto over = wait_for(train::Phase::generator_update);
  EXPECT_EQ(over->before, updated);
  trainer.get();
  EXPECT_EQ(told.size(), 3);
  EXPECT_EQ(control.status().state, RunState::paused);
}

TEST(Control, TakesTheRestOfAStepAtOnceWhenItGoesOnOtherwise) {
  for (const Command command : {Command::step, Command::resume, Command::stop, Command::undo}) {
    std::stop_source stop;
    Control control(train::Position{}, [&] { stop.request_stop(); });
    control.give(Command::pause);
    control.give(Command::phase);
    std::vector<train::Phase> told;
    auto trainer = std::async(std::launch::async, [&] { take_step(control, {}, told); });
    while (control.status().phase != train::Phase::forward) {
      std::this_thread::yield();
    }
    control.give(command);
    trainer.get();
    EXPECT_EQ(told.size(), 3);
    EXPECT_EQ(control.status().phase, std::nullopt);
    EXPECT_EQ(control.status().state == RunState::paused,
              command == Command::step || command == Command::undo);
  }
}

TEST(Control, KnowsItsCommands) {
  EXPECT_EQ(parse_command("pause"), Command::pause);
  EXPECT_EQ(parse_command("phase"), Command::phase);
  EXPECT_EQ(parse_command("stop"), Command::stop);
  EXPECT_EQ(parse_command("STOP"), std::nullopt);
  EXPECT_EQ(parse_command(""), std::nullopt);
}

}  // namespace
}  // namespace ganymede::serve
