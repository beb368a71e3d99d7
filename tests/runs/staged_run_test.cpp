#include "runs/staged_run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/temporary_directory.h"

namespace ganymede::test {
namespace {

namespace fs = std::filesystem;
using testing::UnorderedElementsAre;

/// The working directory while it lives.
class WorkingDirectory {
 public:
  explicit WorkingDirectory(const fs::path& path) : before_(fs::current_path()) { fs::current_path(path); }
  ~WorkingDirectory() { fs::current_path(before_); }
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;

 private:
  fs::path before_;
};

std::vector<std::string> names(const fs::path& directory) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(directory)) {
    found.push_back(entry.path().filename().string());
  }
  return found;
}

TEST(StagedRun, TwoStartsWithinASecondHaveARunEach) {
  const TemporaryDirectory place;
  const WorkingDirectory inside(place.path());
  runs::StagedRun first({}, "small");
  runs::StagedRun second({}, "small");
  EXPECT_NE(first.directory().path(), second.directory().path());
  std::ofstream(first.directory().config()) << "first";
  std::ofstream(second.directory().config()) << "second";
  const runs::LockedRun one = first.put_in_place();
  const runs::LockedRun two = second.put_in_place();
  EXPECT_NE(one.directory.path(), two.directory.path());
  std::string text;
  std::ifstream(two.directory.config()) >> text;
  EXPECT_EQ(text, "second");
  EXPECT_EQ(fs::read_symlink("runs/latest"), two.directory.path().filename());
}

TEST(StagedRun, APlaceThatWasAskedForIsNotReplacedByAnother) {
  const TemporaryDirectory place;
  runs::StagedRun first(place / "run", "small");
  runs::StagedRun second(place / "run", "small");
  const runs::LockedRun one = first.put_in_place();
  EXPECT_THROW(second.put_in_place(), base::Error);
}

TEST(StagedRun, LeavesThatOfALivingProcessOfAnotherContainerAlone) {
  const TemporaryDirectory place;
  // Its number is that of no process here.
  const runs::RunDirectory others(place / ".run.999999999-0.starting");
  fs::create_directory(others.path());
  const runs::RunLock living(others);
  std::ofstream(others.config()) << "";
  const runs::StagedRun mine(place / "mine", "small");
  EXPECT_TRUE(fs::exists(others.config()));
}

TEST(StagedRun, RemovesThoseOfProcessesThatWereKilled) {
  const TemporaryDirectory place;
  // Its number is that of a process that lives: this one.
  const fs::path killed = place / fmt::format(".run.{}-7.starting", ::getpid());
  fs::create_directories(killed / "samples");
  std::ofstream(killed / ".lock") << ::getpid();
  std::ofstream(killed / "config.toml") << "";
  fs::create_directory(place / ".run.1-0.starting");  // before it had its lock
  { const runs::StagedRun mine(place / "mine", "small"); }
  EXPECT_THAT(names(place.path()), UnorderedElementsAre());
}

TEST(StagedRun, IsGoneUnlessItWasPutInPlace) {
  const TemporaryDirectory place;
  {
    const runs::StagedRun staged(place / "run", "small");
    std::ofstream(staged.directory().config()) << "";
  }
  EXPECT_THAT(names(place.path()), UnorderedElementsAre());
  {
    runs::StagedRun staged(place / "run", "small");
    const runs::LockedRun run = staged.put_in_place();
    EXPECT_TRUE(fs::exists(place / "run/.lock"));
  }
  EXPECT_THAT(names(place / "run"), UnorderedElementsAre("samples", "checkpoints"));
}

}  // namespace
}  // namespace ganymede::test
