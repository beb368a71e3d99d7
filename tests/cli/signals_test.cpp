#include "cli/signals.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "cli/run_under_test.h"

namespace ganymede::test {
namespace {

using testing::HasSubstr;

class Signal : public testing::TestWithParam<int> {};

TEST_P(Signal, StopsWithACheckpointAndTheCommandThatResumes) {
  const Workplace place;
  Process process(place.start(Workplace::train("small.toml", endless)));
  wait_for_training(place);
  process.send(GetParam());
  const Ended ended = process.wait();
  EXPECT_EQ(ended.status, 128 + GetParam()) << ended.errors;
  EXPECT_THAT(ended.errors, HasSubstr("To resume: ganymede train --resume run"));
  EXPECT_TRUE(std::filesystem::exists(place / "run/samples.gif"));
  expect_resumable(place);
}

INSTANTIATE_TEST_SUITE_P(Each, Signal, testing::Values(SIGINT, SIGTERM, SIGHUP));

class IgnoredSignal : public testing::TestWithParam<int> {};

/// nohup ignores SIGHUP, a shell's script SIGINT in what it starts with &.
TEST_P(IgnoredSignal, StaysIgnored) {
  const Workplace place;
  Start start = place.start(Workplace::train("small.toml", endless));
  start.ignored_signals = {GetParam()};
  Process process(start);
  wait_for_training(place);
  process.send(GetParam());
  const std::int64_t step = newest_step(place);
  wait_for_step(place, step + 100);
  process.send(SIGTERM);
  EXPECT_EQ(process.wait().status, 128 + SIGTERM);
}

INSTANTIATE_TEST_SUITE_P(Each, IgnoredSignal, testing::Values(SIGINT, SIGHUP));

TEST(Signals, AReaderThatGoesLeavesACheckpoint) {
  const Workplace place;
  const std::filesystem::path pipe = place / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::vector<std::string> arguments = Workplace::train("small.toml", endless);
  arguments.emplace_back("--json");
  Start start = place.start(arguments);
  start.output = pipe;
  Process process(start);
  const int reader = ::open(pipe.c_str(), O_RDONLY);
  char letter = 0;
  ASSERT_EQ(::read(reader, &letter, 1), 1);
  ::close(reader);
  const Ended ended = process.wait();
  EXPECT_EQ(ended.status, 128 + SIGPIPE) << ended.errors;
  EXPECT_THAT(ended.errors, HasSubstr("To resume: ganymede train --resume run"));
  EXPECT_GT(newest_step(place), 0);
  EXPECT_EQ(objects(contents(place / "run/metrics.jsonl")).back()["step"].get<std::int64_t>() / 4,
            newest_step(place) / 4);
  expect_resumable(place);
}

TEST(Signals, AFullDiskBehindStandardOutputLeavesACheckpoint) {
  const Workplace place;
  std::vector<std::string> arguments = Workplace::train("small.toml", endless);
  arguments.emplace_back("--json");
  Start start = place.start(arguments);
  start.output = "/dev/full";
  const Ended ended = Process(start).wait();
  EXPECT_EQ(ended.status, 6);
  EXPECT_THAT(ended.errors, HasSubstr("standard output: found \"No space left on device\""));
  EXPECT_GT(newest_step(place), 0);
  expect_resumable(place);
}

}  // namespace
}  // namespace ganymede::test
