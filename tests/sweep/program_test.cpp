#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sweep/sweep_place.h"

namespace ganymede::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(SweepProgram, TalksOnStandardErrorAndPrintsTheTable) {
  const SweepPlace place;
  place.write("seeds = [1, 2]\nsteps = 2");
  const Ended listed = place.run({"sweep", "sweep.toml", "--dry-run"});
  EXPECT_EQ(listed.status, 0) << listed.errors;
  EXPECT_THAT(listed.output, HasSubstr("waiting            0/2"));
  EXPECT_THAT(listed.errors, HasSubstr("for the steps that are left"));
  EXPECT_FALSE(std::filesystem::exists(place / "runs"));

  const Ended ended = place.run({"sweep", "sweep.toml", "--threads", "1"});
  EXPECT_EQ(ended.status, 0) << ended.errors;
  EXPECT_THAT(ended.errors, AllOf(HasSubstr("2 runs in "), HasSubstr("1/2  "), HasSubstr("2/2  "),
                                  HasSubstr("Fréchet distance"), HasSubstr("ganymede serve ")));
  EXPECT_THAT(ended.output, testing::StartsWith("setting "));
  EXPECT_EQ(place.run({"sweep", "sweep.toml", "--table"}).output, ended.output);
  const Ended json = place.run({"sweep", "sweep.toml", "--table", "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.output)["settings"][0]["finished"], 2);
  const Ended quiet = place.run({"sweep", "sweep.toml", "--quiet", "--markdown"});
  EXPECT_EQ(quiet.errors, "");
  EXPECT_THAT(quiet.output, testing::StartsWith("| setting | runs | diverged |"));
}

TEST(SweepProgram, ReportsWhatIsWrongWithItsFile) {
  const SweepPlace place;
  const Ended absent = place.run({"sweep", "absent.toml"});
  EXPECT_EQ(absent.status, 6);
  EXPECT_THAT(absent.errors, HasSubstr("absent.toml"));
  place.write("[grid]\nobjective.loss = [\"hing\"]");
  const Ended ended = place.run({"sweep", "sweep.toml"});
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.errors, HasSubstr("sweep.toml: loss=hing: "));
  EXPECT_FALSE(std::filesystem::exists(place / "runs"));
}

TEST(SweepProgram, GoesOnWithTheRunOfAKilledWorkerSlow) {
  const SweepPlace place;
  place.write(
      "seeds = [1]\nsteps = 400\n[set]\noutput.checkpoint_every_epochs = 4\noutput.samples_every_epochs = "
      "1000");
  Process killed(place.start({"sweep", "sweep.toml", "--threads", "1"}));
  const std::string name = place.plan("seeds = [1]").runs[0].name;
  place.wait_for_step(name, 32);
  killed.send(SIGKILL);
  EXPECT_EQ(killed.wait().status, -SIGKILL);
  ASSERT_LT(place.newest_step(name), 400) << "it was to be killed before its end";
  EXPECT_THAT(place.run({"sweep", "sweep.toml", "--dry-run"}).output, HasSubstr("unfinished"));
  const Ended ended = place.run({"sweep", "sweep.toml", "--threads", "1"});
  EXPECT_EQ(ended.status, 0) << ended.errors;
  EXPECT_THAT(contents(place / ("runs/" + name + "/meta.json")), HasSubstr("resum"));
  const std::string last = "/checkpoints/step_00000400.safetensors";
  const std::string resumed = contents(place / ("runs/" + name + last));
  std::filesystem::rename(place / "runs", place / "killed");
  EXPECT_EQ(place.run({"sweep", "sweep.toml", "--threads", "1"}).status, 0);
  EXPECT_TRUE(contents(place / ("runs/" + name + last)) == resumed);
}

TEST(SweepProgram, IsStoppedByCtrlCAndNamesTheCommandThatGoesOn) {
  const SweepPlace place;
  place.write("seeds = [1, 2]\nsteps = 1000000");
  Process process(place.start({"sweep", "sweep.toml", "--threads", "1"}));
  place.wait_for_step(place.plan("seeds = [1]").runs[0].name, 8);
  process.send(SIGINT);
  const Ended ended = process.wait();
  EXPECT_EQ(ended.status, 130);
  EXPECT_THAT(ended.errors, AllOf(HasSubstr("stopped after step "), HasSubstr("To go on: "),
                                  HasSubstr("sweep sweep.toml")));
}

TEST(SweepProgram, TwoWorkersShareTheRunsAndDoNoneTwiceSlow) {
  const SweepPlace place;
  place.write("seeds = 6\nsteps = 60");
  Process first(place.start({"sweep", "sweep.toml", "--threads", "1"}));
  Process second(place.start({"sweep", "sweep.toml", "--threads", "1"}));
  const Ended one = first.wait();
  const Ended other = second.wait();
  EXPECT_EQ(one.status, 0) << one.errors;
  EXPECT_EQ(other.status, 0) << other.errors;
  for (int seed = 1; seed <= 6; ++seed) {
    EXPECT_EQ(occurrences(one.errors + other.errors, "_seed-" + std::to_string(seed) + ": done"), 1U);
  }
  EXPECT_GE(occurrences(one.errors, ": done"), 1U);
  EXPECT_GE(occurrences(other.errors, ": done"), 1U);
  EXPECT_THAT(place.run({"sweep", "sweep.toml", "--table", "--json"}).output, HasSubstr("\"finished\": 6"));
}

TEST(SweepProgram, WritesAScriptForSlurmThatWorks) {
  const SweepPlace place;
  place.write("seeds = [1, 2]\nsteps = 2\nbudget = \"1h\"");
  const Ended printed = place.run({"sweep", "sweep.toml", "--slurm", "3"});
  EXPECT_EQ(printed.status, 0) << printed.errors;
  EXPECT_THAT(printed.output,
              AllOf(testing::StartsWith("#!/bin/bash\n#SBATCH "), HasSubstr("#SBATCH --array=0-2\n"),
                    HasSubstr("#SBATCH --time=62\n"), HasSubstr("#SBATCH --signal=B:TERM@60\n")));
  std::ofstream(place / "job.sh") << printed.output;
  const std::string script = (place / "job.sh").string();
  EXPECT_EQ(std::system(("bash -n " + script).c_str()), 0);
  EXPECT_EQ(
      std::system(("cd / && SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=3 SLURM_CPUS_PER_TASK=1 bash " +
                   script + " >" + (place / "table").string() + " 2>" + (place / "log").string())
                      .c_str()),
      0)
      << contents(place / "log");
  EXPECT_THAT(contents(place / "table"), HasSubstr("setting "));
  EXPECT_THAT(place.run({"sweep", "sweep.toml", "--table", "--json"}).output, HasSubstr("\"finished\": 2"));
}

}  // namespace
}  // namespace ganymede::test
