#include "sweep/worker.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "runs/run_lock.h"
#include "sweep/sweep_place.h"
#include "sweep/table.h"

namespace ganymede::test {
namespace {

using sweep::State;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<State> states(const sweep::Plan& plan) {
  std::vector<State> all;
  for (const sweep::Standing& standing : sweep::read_standings(plan)) {
    all.push_back(standing.state);
  }
  return all;
}

std::string checkpoint(const SweepPlace& place, const std::string& run, const std::string& step) {
  return contents(place / ("runs/" + run + "/checkpoints/step_" + step + ".safetensors"));
}

TEST(Worker, TrainsAndScoresEveryRunInADirectoryOfItsOwn) {
  const SweepPlace place;
  const sweep::Plan plan = place.plan("seeds = [1, 2]\n[grid]\nlatent.size = [4, 6]");
  std::vector<std::string> began;
  sweep::Observer observer;
  observer.begins = [&](const sweep::Work& work, bool resumed) {
    EXPECT_FALSE(resumed);
    EXPECT_EQ(work.over, std::ssize(began));
    EXPECT_EQ(work.all, 4);
    began.push_back(work.run.name);
  };
  const sweep::WorkEnd end = sweep::work(plan, {}, {}, observer);
  EXPECT_FALSE(end.stopped);
  EXPECT_TRUE(end.failures.empty());
  EXPECT_THAT(began, ElementsAre("size-4_seed-1", "size-6_seed-1", "size-4_seed-2", "size-6_seed-2"));
  EXPECT_THAT(states(plan), Each(State::finished));
  for (const sweep::Standing& standing : sweep::read_standings(plan)) {
    EXPECT_TRUE(standing.scores.contains("frechet_distance"));
  }
  EXPECT_NE(checkpoint(place, "size-4_seed-1", "00000008"), checkpoint(place, "size-4_seed-2", "00000008"));
  EXPECT_TRUE(std::filesystem::exists(place / "runs/size-4_seed-1/scores.json"))
      << "what the page's table reads";
  EXPECT_THAT(contents(place / "runs/sweep.md"), HasSubstr("| size=4 | 2 | 0 |"));
  EXPECT_THAT(contents(place / "runs/results.csv"), HasSubstr("size-6_seed-2,size=6,"));

  observer.begins = [](const sweep::Work& work, bool) { ADD_FAILURE() << work.run.name << " again"; };
  sweep::work(plan, {}, {}, observer);
}

TEST(Worker, BeginsAtAnotherPlaceThanTheOthers) {
  const SweepPlace place;
  const sweep::Plan plan = place.plan("seeds = 4\nsteps = 1");
  std::vector<std::string> began;
  sweep::Observer observer;
  observer.begins = [&](const sweep::Work& work, bool) { began.push_back(work.run.name); };
  sweep::work(plan, {.worker = 1, .workers = 2}, {}, observer);
  ASSERT_EQ(began.size(), 4U) << "what others leave is its own, too";
  EXPECT_THAT(began.front(), HasSubstr("seed-3"));
}

TEST(Worker, GoesOnWithARunThatWasStopped) {
  const SweepPlace place;
  const sweep::Plan plan = place.plan("seeds = [1, 2]\nsteps = 24");
  std::stop_source stop;
  sweep::Observer observer;
  observer.step = [&](const auto&, const train::StepFinished& step, const auto&) {
    if (step.position.step == 10) {
      stop.request_stop();
    }
  };
  EXPECT_TRUE(sweep::work(plan, {}, stop.get_token(), observer).stopped);
  EXPECT_THAT(states(plan), ElementsAre(State::unfinished, State::waiting));
  const std::string first = plan.runs[0].name;
  EXPECT_EQ(place.newest_step(first), 10);

  observer = {};
  std::vector<bool> resumed;
  observer.begins = [&](const auto&, bool again) { resumed.push_back(again); };
  EXPECT_FALSE(sweep::work(plan, {}, {}, observer).stopped);
  EXPECT_THAT(resumed, ElementsAre(true, false));
  EXPECT_THAT(states(plan), Each(State::finished));

  const std::string interrupted = checkpoint(place, first, "00000024");
  std::filesystem::remove_all(place / "runs");
  sweep::work(plan, {}, {}, {});
  EXPECT_EQ(checkpoint(place, first, "00000024") == interrupted, true) << "the bytes of a run without a stop";
}

TEST(Worker, StopsWhenItsBudgetIsUsedUp) {
  const SweepPlace place;
  const sweep::Plan plan = place.plan("seeds = [1]\nsteps = 1000000\nbudget = \"0.3s\"");
  const sweep::WorkEnd end = sweep::work(plan, {}, {}, {});
  EXPECT_TRUE(end.out_of_budget);
  EXPECT_FALSE(end.stopped);
  EXPECT_THAT(states(plan), ElementsAre(State::unfinished));
}

TEST(Worker, LeavesARunThatAnotherProcessHas) {
  const SweepPlace place;
  const sweep::Plan plan = place.plan("seeds = [1, 2]\nsteps = 2");
  {
    const runs::RunDirectory claim = sweep::claim_of(plan, plan.runs[0]);
    std::filesystem::create_directories(claim.path());
    const runs::RunLock other(claim);
    EXPECT_THAT(states(plan), ElementsAre(State::running, State::waiting));
    sweep::work(plan, {}, {}, {});
    EXPECT_THAT(states(plan), ElementsAre(State::running, State::finished));
  }
  sweep::work(plan, {}, {}, {});
  EXPECT_THAT(states(plan), ElementsAre(State::finished, State::finished));
}

TEST(Worker, CountsADivergedRunAndDoesNotRepeatIt) {
  const SweepPlace place;
  const sweep::Plan plan = place.plan(
      "seeds = [1]\nsteps = 40\n[grid]\n\"generator_optimizer.learning_rate, "
      "discriminator_optimizer.learning_rate\" = [1e30, 1e-3]");
  std::vector<sweep::Leaving> left;
  sweep::Observer observer;
  observer.ends = [&](const auto&, sweep::Leaving leaving, const auto&, std::string_view) {
    left.push_back(leaving);
  };
  const sweep::WorkEnd end = sweep::work(plan, {}, {}, observer);
  EXPECT_TRUE(end.failures.empty());
  EXPECT_THAT(left, ElementsAre(sweep::Leaving::diverged, sweep::Leaving::finished));
  EXPECT_THAT(states(plan), ElementsAre(State::diverged, State::finished));
  sweep::work(plan, {}, {}, observer);
  EXPECT_EQ(left.size(), 2U);
  const sweep::Table table = sweep::make_table(plan, sweep::read_standings(plan));
  EXPECT_EQ(table.rows[0].label, "learning_rate=0.001");
  EXPECT_EQ(table.rows[1].diverged, 1);
}

TEST(Worker, GoesOnWithTheOtherRunsWhereOneCannotBeTrained) {
  const SweepPlace place;
  const sweep::Plan plan = place.plan("seeds = [1, 2]\nsteps = 2");
  std::filesystem::create_directories(place / "runs" / plan.runs[0].name);
  std::ofstream(place / "runs" / plan.runs[0].name / "notes") << "no run";
  const sweep::WorkEnd end = sweep::work(plan, {}, {}, {});
  ASSERT_EQ(end.failures.size(), 1U);
  EXPECT_EQ(end.failures[0].run, plan.runs[0].name);
  EXPECT_EQ(end.failures[0].error.kind(), base::ErrorKind::file);
  EXPECT_THAT(states(plan), ElementsAre(State::waiting, State::finished));
}

TEST(Worker, RefusesRunsOfOtherSettingsUnderTheSameName) {
  const SweepPlace place;
  sweep::work(place.plan("seeds = [1]\nsteps = 2"), {}, {}, {});
  const auto refusal_of = [&](const std::string& rest) -> std::string {
    try {
      sweep::work(place.plan(rest), {}, {}, {});
    } catch (const base::Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(refusal_of("seeds = [1]\nsteps = 3"), HasSubstr("found a run of 2 steps, expected one of 3"));
  EXPECT_THAT(refusal_of("seeds = [1]\nsteps = 2\n[set]\nlatent.size = 5"),
              AllOf(HasSubstr("found a run with size = 4"), HasSubstr("--out")));
  EXPECT_EQ(refusal_of("seeds = [1, 2]\nsteps = 2"), "no error") << "more seeds are no other settings";
}

TEST(Place, IsThatOfALauncherOrOfASlurmArray) {
  const auto set = [](const char* name, const char* value) { ::setenv(name, value, 1); };
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "PMI_SIZE", "PMIX_RANK"}) {
    ::unsetenv(name);
  }
  EXPECT_EQ(sweep::place_of_process().workers, 1);
  set("SLURM_ARRAY_TASK_ID", "7");
  set("SLURM_ARRAY_TASK_MIN", "4");
  set("SLURM_ARRAY_TASK_COUNT", "8");
  EXPECT_EQ(sweep::place_of_process().worker, 3);
  EXPECT_EQ(sweep::place_of_process().workers, 8);
  EXPECT_FALSE(sweep::place_of_process().together);
  set("OMPI_COMM_WORLD_SIZE", "4");
  set("OMPI_COMM_WORLD_RANK", "2");
  EXPECT_EQ(sweep::place_of_process().worker, 2);
  EXPECT_EQ(sweep::place_of_process().workers, 4);
  EXPECT_TRUE(sweep::place_of_process().together);
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "SLURM_ARRAY_TASK_ID",
                           "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT"}) {
    ::unsetenv(name);
  }
}

}  // namespace
}  // namespace ganymede::test
