#include "session/resuming/change.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/recipe_source.h"
#include "cli/run_under_test.h"
#include "session/session.h"

namespace ganymede::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::vector<std::string> slower = {"generator_optimizer.learning_rate=0.0001"};

/// An observer that asks for changes once so many steps are done, and notes what it is told.
struct Changing {
  explicit Changing(std::multimap<std::int64_t, session::Change> wanted) : changes(std::move(wanted)) {
    observer.step = [this](const train::StepFinished& event, const session::Pace&) {
      step = event.position.step;
    };
    observer.change = [this]() -> std::optional<session::Change> {
      auto found = changes.extract(step);
      return found.empty() ? std::nullopt : std::optional(found.mapped());
    };
    observer.warn = [this](std::string_view line) { warnings.emplace_back(line); };
    observer.goes_on = [this](const train::Position& position, std::optional<std::int64_t> undo_step) {
      step = position.step;
      places.emplace_back(position.step, undo_step.value_or(-1));
    };
  }

  std::multimap<std::int64_t, session::Change> changes;  // by the steps that are done
  session::Observer observer;
  std::int64_t step = 0;
  std::vector<std::string> warnings;
  std::vector<std::pair<std::int64_t, std::int64_t>> places;
};

class ChangeTest : public testing::Test {
 protected:
  /// Ten steps of two in an interval.
  session::Start start(const std::string& out) const {
    session::Start begin{.recipe = artifacts::load_recipe(place_ / "small.toml"), .out = place_ / out};
    begin.recipe.data = place_ / "digits";
    begin.recipe.training.batch_size = 8;
    begin.recipe.output.metrics_every_steps = 2;
    begin.recipe.training.parts = parts_;
    begin.settings.steps = 10;
    return begin;
  }
  /// Trains with changes; the observer with what it was told.
  std::unique_ptr<Changing> train(const std::string& out,
                                  std::multimap<std::int64_t, session::Change> changes = {}) const {
    auto changing = std::make_unique<Changing>(std::move(changes));
    session::Session(start(out), changing->observer).run({});
    return changing;
  }
  /// A run that was stopped after them.
  void train_three_steps(const std::string& out) const {
    std::stop_source stop;
    session::Observer stops;
    stops.step = [&](const train::StepFinished& event, const session::Pace&) {
      if (event.position.step == 3) {
        stop.request_stop();
      }
    };
    session::Session(start(out), stops).run(stop.get_token());
  }
  /// Writes its configuration with lower learning rates.
  void write_slower(const std::string& run) const {
    const std::filesystem::path config = place_ / run / "config.toml";
    const train::Recipe changed = artifacts::read_recipe_file(config.string(), slower);
    std::ofstream(config) << train::to_toml(changed);
  }
  std::string generator(const std::string& run) const {
    return contents(place_ / run / "generator.safetensors");
  }
  std::vector<nlohmann::json> events(const std::string& run) const {
    auto lines = objects(contents(place_ / run / "metrics.jsonl"));
    std::erase_if(lines, [](const nlohmann::json& line) { return !line.contains("event"); });
    return timeless(lines);
  }

  Workplace place_;
  std::int64_t parts_ = 1;
};

TEST_F(ChangeTest, IsThatOfARunThatWasStoppedAndResumedWithIt) {
  train("changed", {{3, {.overrides = slower}}});
  train_three_steps("stopped");
  const session::Observer silent;
  session::Session({.run = place_ / "stopped", .overrides = slower}, silent).run({});
  EXPECT_TRUE(generator("changed") == generator("stopped"));
  EXPECT_EQ(events("changed"), events("stopped"));
  train("unchanged");
  EXPECT_FALSE(generator("changed") == generator("unchanged"));
}

TEST_F(ChangeTest, IsInTheConfigurationAndAnEventInTheMetrics) {
  const auto changing = train("run", {{3, {.overrides = slower}}});
  EXPECT_THAT(contents(place_ / "run/config.toml"), HasSubstr("learning_rate = 0.0001"));
  const auto lines = events("run");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["event"], "change");
  EXPECT_EQ(lines[0]["step"], 3);
  const std::string key = "generator_optimizer.learning_rate";
  EXPECT_EQ(lines[0]["settings"][key], nlohmann::json({{"from", "0.001"}, {"to", "0.0001"}}));
  EXPECT_EQ(lines[0]["message"], "Changed generator_optimizer.learning_rate from 0.001 to 0.0001");
  EXPECT_THAT(changing->places, ElementsAre(std::pair(0, -1), std::pair(3, 3)));
}

TEST_F(ChangeTest, OfTheRatioOfUpdatesAndTheRealLabelGoesOnToTheEnd) {
  train("run", {{3, {.overrides = {"training.discriminator_steps=2", "objective.real_label=0.9"}}}});
  EXPECT_THAT(contents(place_ / "run/config.toml"),
              AllOf(HasSubstr("discriminator_steps = 2"), HasSubstr("real_label = 0.9")));
  EXPECT_THAT(contents(place_ / "run/metrics.jsonl"), HasSubstr("\"step\": 10,"));
}

TEST_F(ChangeTest, IsKeptByARunThatIsKilledAfterIt) {
  train("whole", {{3, {.overrides = slower}}});
  // As a kill leaves a run whose configuration was written, and nothing after it.
  train_three_steps("killed");
  write_slower("killed");
  const session::Observer silent;
  session::Session({.run = place_ / "killed"}, silent).run({});
  EXPECT_TRUE(generator("killed") == generator("whole"));
  EXPECT_EQ(events("killed"), events("whole"));
}

TEST_F(ChangeTest, IsNotWhatARollbackHasRecorded) {
  // As a kill leaves a run that has just returned to a checkpoint with lower rates.
  train_three_steps("run");
  write_slower("run");
  std::ofstream(place_ / "run/metrics.jsonl", std::ios::app)
      << R"({"step": 3, "epoch": 1, "time": 0, "event": "rollback", "kind": "explosion", "from_step": 9})"
      << "\n";
  const session::Observer silent;
  session::Session({.run = place_ / "run"}, silent).run({});
  ASSERT_EQ(events("run").size(), 1U);
  EXPECT_EQ(events("run")[0]["event"], "rollback");
}

TEST_F(ChangeTest, IsUndoneByGoingBackToTheStepBeforeIt) {
  const auto changing = train("undone", {{3, {.overrides = slower}}, {7, {.overrides = {}, .undo = true}}});
  train("unchanged");
  EXPECT_TRUE(generator("undone") == generator("unchanged"));
  EXPECT_THAT(contents(place_ / "undone/config.toml"), Not(HasSubstr("0.0001")));
  const auto lines = events("undone");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1]["event"], "undo");
  EXPECT_EQ(lines[1]["step"], 3);
  EXPECT_EQ(lines[1]["from_step"], 7);
  EXPECT_THAT(changing->places, ElementsAre(std::pair(0, -1), std::pair(3, 3), std::pair(3, -1)));
}

TEST_F(ChangeTest, AfterChangeIsUndoneBackToTheFirst) {
  const session::Change smoother{.overrides = {"objective.real_label=0.9"}};
  const session::Change undo{.overrides = {}, .undo = true};
  const auto changing =
      train("undone", {{2, {.overrides = slower}}, {4, smoother}, {5, undo}, {7, undo}, {8, undo}});
  EXPECT_THAT(changing->places, ElementsAre(std::pair(0, -1), std::pair(2, 2), std::pair(4, 4),
                                            std::pair(4, 2), std::pair(2, -1), std::pair(8, -1)));
  EXPECT_THAT(changing->warnings, ElementsAre(HasSubstr("no change to undo")));
  train("unchanged");
  EXPECT_TRUE(generator("undone") == generator("unchanged"));
}

TEST_F(ChangeTest, IsUndoneWithTheOthersOfItsStep) {
  const session::Change smoother{.overrides = {"objective.real_label=0.9"}};
  const auto changing =
      train("undone", {{3, {.overrides = slower}}, {3, smoother}, {6, {.overrides = {}, .undo = true}}});
  EXPECT_THAT(changing->places,
              ElementsAre(std::pair(0, -1), std::pair(3, 3), std::pair(3, 3), std::pair(3, -1)));
  train("unchanged");
  EXPECT_TRUE(generator("undone") == generator("unchanged"));
}

TEST_F(ChangeTest, AndItsUndoReachEveryPartOfATrainingInParts) {
  parts_ = 2;
  train("changed", {{3, {.overrides = slower}}});
  train_three_steps("stopped");
  const session::Observer silent;
  session::Session({.run = place_ / "stopped", .overrides = slower}, silent).run({});
  EXPECT_TRUE(generator("changed") == generator("stopped"));
  train("undone", {{3, {.overrides = slower}}, {6, {.overrides = {}, .undo = true}}});
  train("unchanged");
  EXPECT_FALSE(generator("changed") == generator("unchanged"));
  EXPECT_TRUE(generator("undone") == generator("unchanged"));
}

TEST_F(ChangeTest, ThatIsRefusedLeavesTheRunAsItWas) {
  const auto changing = train("run", {{2, {.overrides = {"generator_optimizer.learning_rate=-1"}}},
                                      {4, {.overrides = {"training.batch_size=4"}}},
                                      {6, {.overrides = {}, .undo = true}}});
  EXPECT_EQ(changing->warnings.size(), 3U);
  train("unchanged");
  EXPECT_TRUE(generator("run") == generator("unchanged"));
  EXPECT_THAT(events("run"), IsEmpty());
}

}  // namespace
}  // namespace ganymede::test
