#include "serve/summary_reader.h"

#include <gmock/gmock.h>

#include <fstream>

#include "runs/run_lock.h"
#include "serve/runs_fixture.h"

namespace ganymede::serve {
namespace {

using testing::HasSubstr;

class SummaryReader : public testing::Test {
 protected:
  RunSummary summary() { return read_(*fixture_.runs().find("one")); }
  std::filesystem::path run() const { return fixture_.root() / "one"; }

  test::RunsFixture fixture_;
  std::function<RunSummary(const RunFiles&)> read_ = make_summary_reader();
};

TEST_F(SummaryReader, TellsTheRecipeAndHowFarTheRunIs) {
  fixture_.add_checkpoint("one", 40, 100);
  const RunSummary found = summary();
  EXPECT_EQ(found.recipe, "small");
  EXPECT_EQ(found.data, "mnist");
  EXPECT_EQ(found.step, 40);
  EXPECT_EQ(found.total_steps, 100);
  EXPECT_THAT(found.resume, HasSubstr("train --resume"));
}

TEST_F(SummaryReader, AddsTheTimesOfAllSteps) {
  fixture_.add_metrics("one", R"({"step": 30, "epoch": 1, "ms_per_step": 20.0, "loss_g": 0.5})");
  fixture_.add_metrics("one", R"({"event": "epoch", "step": 30, "epoch": 1, "ms_per_step": 20.0})");
  fixture_.add_metrics("one", R"({"step": 40, "epoch": 2, "ms_per_step": 60.0, "loss_g": 0.5})");
  EXPECT_EQ(summary().step, 40);
  EXPECT_NEAR(summary().seconds, 30 * 0.020 + 10 * 0.060, 1e-9);
}

TEST_F(SummaryReader, HasTheNewestScoresBesideTheirFloors) {
  std::ofstream(run() / "scores.json") << R"({"floor": {"frechet_distance": 0.16, "recall": 0.93}})";
  fixture_.add_metrics("one", R"({"event": "scores", "step": 20, "epoch": 1, "frechet_distance": 3.5})");
  fixture_.add_metrics("one", R"({"event": "scores", "step": 40, "epoch": 2, "frechet_distance": 2.5})");
  const RunSummary found = summary();
  EXPECT_EQ(found.scores.at("frechet_distance").value, 2.5);
  EXPECT_EQ(found.scores.at("frechet_distance").floor, 0.16);
  EXPECT_FALSE(found.scores.at("recall").value);
}

TEST_F(SummaryReader, SeesWhatARunHasGained) {
  EXPECT_EQ(summary().total_steps, 0);
  fixture_.add_checkpoint("one", 40, 100);
  fixture_.add_metrics("one", R"({"step": 50, "epoch": 2, "ms_per_step": 1.0})");
  EXPECT_EQ(summary().total_steps, 100);
  EXPECT_EQ(summary().step, 50);
}

TEST_F(SummaryReader, KnowsWhetherAProcessTrains) {
  EXPECT_FALSE(summary().trains);
  {
    const runs::RunLock lock{runs::RunDirectory(run())};
    EXPECT_TRUE(summary().trains);
  }
  EXPECT_FALSE(summary().trains);
}

TEST_F(SummaryReader, LeavesOutWhatItCannotRead) {
  std::ofstream(run() / "config.toml") << "no recipe";
  std::ofstream(run() / "scores.json") << "[";
  std::filesystem::create_directories(run() / "checkpoints");
  std::ofstream(run() / "checkpoints/step_00000001.safetensors") << "short";
  const RunSummary found = summary();
  EXPECT_EQ(found.recipe, "");
  EXPECT_EQ(found.total_steps, 0);
  EXPECT_TRUE(found.scores.empty());
}

}  // namespace
}  // namespace ganymede::serve
