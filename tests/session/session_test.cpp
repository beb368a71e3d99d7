#include "session/session.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "artifacts/recipe_source.h"
#include "cli/patient.h"
#include "cli/run_under_test.h"

namespace ganymede::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Rollback, ResumesFromTheLastGoodCheckpointWithLowerLearningRates) {
  const Patient patient(
      40, {"generator_optimizer.learning_rate=1e30", "discriminator_optimizer.learning_rate=1e30"},
      {"--on-divergence", "rollback"});
  EXPECT_EQ(patient.ended().status, 0) << patient.ended().errors;
  EXPECT_THAT(patient.ended().errors, HasSubstr("to step 0, with learning rates of 0.0001 for the generator "
                                                "and 0.0001 for the discriminator"));
  EXPECT_THAT(contents(patient.place() / "run/config.toml"),
              AllOf(HasSubstr("learning_rate = 0.0001"), Not(HasSubstr("1e+30"))));
  const auto rollbacks = patient.lines("rollback");
  ASSERT_EQ(rollbacks.size(), 1U);
  EXPECT_EQ(rollbacks[0]["kind"], "not_finite");
  EXPECT_EQ(rollbacks[0]["step"], 0);
}

TEST(Rollback, LeavesTheRunThatALowerLearningRateFromTheCheckpointWouldHave) {
  Patient patient(100, {});
  patient.resume(100, {});
  const std::vector<std::string> wild = {"generator_optimizer.learning_rate=1e30",
                                         "discriminator_optimizer.learning_rate=1e30"};
  const auto go_on = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"train", "--resume", "run", "--steps", "140", "--quiet"});
    EXPECT_EQ(patient.place().run(flags).status, 0);
    return contents(patient.place() / "run/checkpoints/step_00000140.safetensors");
  };
  const std::filesystem::path run = patient.place() / "run";
  std::filesystem::copy(run, patient.place() / "copy", std::filesystem::copy_options::recursive);
  const std::string rolled_back = go_on({"--on-divergence", "rollback", "--set", wild[0], "--set", wild[1]});
  std::filesystem::remove_all(run);
  std::filesystem::rename(patient.place() / "copy", run);
  const std::string calm = go_on({"--set", "generator_optimizer.learning_rate=1e-4", "--set",
                                  "discriminator_optimizer.learning_rate=1e-4"});
  EXPECT_FALSE(calm.empty());
  EXPECT_TRUE(rolled_back == calm);
}

/// Checkpoints every 4 steps, so that many are newer than a reported explosion.
const std::vector<std::string> frequent = {"output.checkpoint_every_epochs=1"};

TEST(Rollback, ActsOnAnExplosionBeforeItIsInfinite) {
  Patient patient(60, {});
  patient.resume(400, exploding, {"--on-divergence", "rollback"});
  EXPECT_EQ(patient.ended().status, 0) << patient.ended().errors;
  const auto rollbacks = patient.lines("rollback");
  ASSERT_EQ(rollbacks.size(), 1U);
  EXPECT_EQ(rollbacks[0]["kind"], "explosion");
  EXPECT_THAT(patient.verdicts(), Not(Contains("explosion")));
}

TEST(Rollback, KeepsThePageThatTheRunIsWatchedOn) {
  const Patient patient(
      40, {"generator_optimizer.learning_rate=1e30", "discriminator_optimizer.learning_rate=1e30"},
      {"--on-divergence", "rollback", "--serve"});
  EXPECT_EQ(patient.ended().status, 0) << patient.ended().errors;
  EXPECT_THAT(patient.ended().errors, HasSubstr("The page: http://127.0.0.1:"));
  EXPECT_EQ(patient.lines("rollback").size(), 1U);
  EXPECT_THAT(contents(patient.place() / "run/metrics.jsonl"), HasSubstr("\"step\": 40,"));
}

TEST(Rollback, HappensThreeTimesAtMost) {
  // A schedule that makes every learning rate a million times what it says.
  const Patient patient(600, {"schedule.images=1", "schedule.learning_rate=1e6"},
                        {"--on-divergence", "rollback"});
  EXPECT_EQ(patient.ended().status, 5) << patient.ended().errors;
  EXPECT_EQ(patient.lines("rollback").size(), 3U);
  EXPECT_THAT(patient.verdicts(), ElementsAre("explosion"));
}

TEST(Rollback, IsOneOfTwoWords) {
  const Workplace place;
  const Ended ended = place.run(Workplace::train("small.toml", {"--on-divergence", "pray"}));
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors, HasSubstr("--on-divergence"));
}

TEST(Rollback, FindsACheckpointFromBeforeAnExplosionAmongFrequentOnes) {
  Patient patient(60, frequent);
  patient.resume(400, exploding, {"--on-divergence", "rollback"});
  EXPECT_EQ(patient.ended().status, 0) << patient.ended().errors;
  EXPECT_THAT(patient.ended().errors, Not(HasSubstr("No earlier checkpoint is left")));
  EXPECT_EQ(patient.lines("rollback").size(), 1U);
}

TEST(Divergence, NamesACheckpointFromBeforeTheExplosion) {
  Patient patient(60, frequent);
  const int steps = 120;
  patient.resume(steps, exploding);
  ASSERT_THAT(patient.verdicts(), ElementsAre("explosion"));
  patient.resume(steps + 200,
                 {"generator_optimizer.learning_rate=1e30", "discriminator_optimizer.learning_rate=1e30"});
  ASSERT_EQ(patient.ended().status, 5) << patient.ended().errors;
  const std::int64_t since = patient.lines("verdict").front()["since_step"];
  std::int64_t good = -1;
  for (const std::string& name : patient.place().names("run/checkpoints")) {
    const std::int64_t step = std::stoll(name.substr(5));
    good = step <= since - 20 ? std::max(good, step) : good;
  }
  const std::string checkpoint = fmt::format("run/checkpoints/step_{:08}.safetensors", good);
  EXPECT_THAT(patient.ended().errors, HasSubstr(checkpoint + " is the last good checkpoint"));
  patient.resume(static_cast<int>(good) + 40,
                 {"generator_optimizer.learning_rate=1e-4", "discriminator_optimizer.learning_rate=1e-4"});
  EXPECT_EQ(patient.ended().status, 0);
  EXPECT_THAT(patient.ended().errors, HasSubstr("From " + checkpoint));
}

TEST(Training, SucceedsWithoutItsOptionalFileForTensorBoard) {
  const Workplace place;
  Start start = place.start(Workplace::train("small.toml", {"--epochs", "60"}));
  start.largest_file = 150'000;  // its other files stay below
  const Ended ended = Process(start).wait();
  EXPECT_EQ(ended.status, 0) << ended.errors;
  const std::size_t warning = ended.errors.find("Continuing without a file for TensorBoard: run/events.out");
  ASSERT_NE(warning, std::string::npos) << ended.errors;
  EXPECT_EQ(ended.errors.find("Continuing without", warning + 1), std::string::npos);
  EXPECT_EQ(newest_step(place), 480);
}

/// A sample that is not an image, so the report fails.
void spoil_the_report(const Workplace& place) {
  std::filesystem::resize_file(place / "run/samples/epoch_0000.png", 10);
}

TEST(Training, SucceedsIfTheReportFails) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  spoil_the_report(place);
  const Ended ended = place.run({"train", "--resume", "run", "--epochs", "3"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.errors, AllOf(HasSubstr("epoch_0000.png"),
                                  HasSubstr("To draw it again: ganymede plot run"), HasSubstr("Done.")));
}

TEST(Training, ReportsADivergenceIfTheReportFails) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  spoil_the_report(place);
  const Ended ended = place.run({"train", "--resume", "run", "--epochs", "9", "--set",
                                 "generator_optimizer.learning_rate=1e30", "--set",
                                 "discriminator_optimizer.learning_rate=1e30"});
  EXPECT_EQ(ended.status, 5);
  EXPECT_THAT(ended.errors, HasSubstr("is the last good checkpoint"));
}

TEST(Session, ContinuesAfterAStopToTheSameBytes) {
  const Workplace place;
  const auto start = [&](const std::string& out) {
    session::Start begin{.recipe = artifacts::load_recipe(place / "small.toml"), .out = place / out};
    begin.recipe.data = place / "digits";
    begin.recipe.training.batch_size = 8;
    return begin;
  };
  const session::Observer silent;
  session::Session(start("whole"), silent).run({});
  std::stop_source stop;
  session::Observer stops;
  stops.step = [&](const train::StepFinished& event, const session::Pace&) {
    if (event.position.step == 3) {
      stop.request_stop();
    }
  };
  session::Session session(start("stopped"), stops);
  EXPECT_EQ(std::get<train::Outcome>(session.run(stop.get_token())), train::Outcome::stopped);
  EXPECT_EQ(session.position().step, 3);
  EXPECT_EQ(std::get<train::Outcome>(session.run({})), train::Outcome::finished);
  EXPECT_TRUE(contents(place / "stopped/generator.safetensors") ==
              contents(place / "whole/generator.safetensors"));
  const auto lines = [&](const std::string& run) {
    const std::string metrics = contents(place / run / "metrics.jsonl");
    return std::count(metrics.begin(), metrics.end(), '\n');
  };
  EXPECT_EQ(lines("stopped"), lines("whole")) << "something was written twice";
}

}  // namespace
}  // namespace ganymede::test
