#include "runs/run_lock.h"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "cli/run_under_test.h"

namespace ganymede::test {
namespace {

using testing::HasSubstr;

TEST(RunLock, ARunBelongsToOneProcessAtATime) {
  const Workplace place;
  Process first(place.start(Workplace::train("small.toml", endless)));
  wait_for_training(place);
  const Ended second = place.run({"train", "--resume", "run"});
  EXPECT_EQ(second.status, 6);
  EXPECT_THAT(second.errors, HasSubstr("process " + std::to_string(first.id()) + " training in it"));
  first.send(SIGKILL);  // which leaves the lock's file behind
  first.wait();
  EXPECT_TRUE(std::filesystem::exists(place / "run/.lock"));
  expect_resumable(place);
  EXPECT_FALSE(std::filesystem::exists(place / "run/.lock"));
}

TEST(RunLock, IsInheritedFromADeadProcessOnly) {
  const TemporaryDirectory place;
  const runs::RunDirectory run(place.path());
  EXPECT_FALSE(runs::RunLock::inherit(run)) << "nobody has had one";
  {
    const runs::RunLock living(run);
    EXPECT_FALSE(runs::RunLock::inherit(run));
  }
  std::ofstream(runs::RunLock::file_in(run)) << "1";  // which is a process that lives, perhaps elsewhere
  EXPECT_TRUE(runs::RunLock::inherit(run));
  EXPECT_FALSE(std::filesystem::exists(runs::RunLock::file_in(run)));
}

TEST(RunLock, IsTakenOnlyWhereItIsFree) {
  const TemporaryDirectory place;
  const runs::RunDirectory run(place.path());
  {
    const auto first = runs::RunLock::take_free(run);
    EXPECT_TRUE(first);
    EXPECT_FALSE(runs::RunLock::take_free(run));
  }
  EXPECT_TRUE(runs::RunLock::take_free(run));
}

TEST(RunLock, IsTakenWhileAnotherProcessLooksWhetherItIsHeld) {
  const TemporaryDirectory place;
  const runs::RunDirectory run(place.path());
  std::ofstream(runs::RunLock::file_in(run)) << "1";
  std::atomic<bool> ending = false;
  std::thread watcher([&] {
    while (!ending) {
      runs::RunLock::is_held(run);
    }
  });
  for (int n = 0; n < 200; ++n) {
    EXPECT_TRUE(runs::RunLock::take_free(run));
    std::ofstream(runs::RunLock::file_in(run)) << "1";
  }
  ending = true;
  watcher.join();
}

TEST(RunLock, ReportsWhyItIsRefused) {
  const TemporaryDirectory place;
  try {
    const runs::RunLock lock(runs::RunDirectory(place / "absent"));
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("absent/.lock: found \"No such file or directory\""));
  }
}

TEST(RunLock, FollowsADirectoryThatIsMoved) {
  const TemporaryDirectory place;
  std::filesystem::create_directory(place / "old");
  {
    runs::RunLock lock(runs::RunDirectory(place / "old"));
    std::filesystem::rename(place / "old", place / "new");
    lock.follow(runs::RunDirectory(place / "new"));
    EXPECT_THROW(runs::RunLock(runs::RunDirectory(place / "new")), base::Error);
  }
  EXPECT_TRUE(std::filesystem::is_empty(place / "new"));
}

}  // namespace
}  // namespace ganymede::test
