#include "bench/busy_processes.h"

#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "cli/workplace.h"

namespace ganymede::test {
namespace {

using bench::BusyProcesses;

/// "R" for running, "T" for stopped; empty without such a process.
std::string state(pid_t id) {
  const std::string text = contents("/proc/" + std::to_string(id) + "/stat");
  const std::size_t name_end = text.rfind(')');
  return name_end == std::string::npos ? "" : text.substr(name_end + 2, 1);
}

/// Waits for a condition in other processes; false after a minute.
bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 6000 && !condition(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

bool all_in(const std::vector<pid_t>& ids, const std::string& wanted) {
  return std::ranges::all_of(ids, [&](pid_t id) { return state(id) == wanted; });
}

/// While it exists, processes whose parent has ended become children of this one, which can wait for them.
class Adoption {
 public:
  Adoption() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }
  ~Adoption() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }
  Adoption(const Adoption&) = delete;
  Adoption& operator=(const Adoption&) = delete;
};

/// Whether each adopted process ends; the others are killed.
bool all_end(const std::vector<pid_t>& ids) {
  bool ended = true;
  for (const pid_t id : ids) {
    if (!comes_true([id] { return ::waitpid(id, nullptr, WNOHANG) != 0; })) {
      ended = false;
      ::kill(id, SIGKILL);
      ::waitpid(id, nullptr, 0);
    }
  }
  return ended;
}

std::vector<pid_t> children(pid_t parent) {
  const std::string number = std::to_string(parent);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  return {std::istream_iterator<pid_t>(file), {}};
}

TEST(BusyProcesses, TheyAreStoppedUntilStartedAndAfterAPause) {
  BusyProcesses busy(2);
  ASSERT_EQ(busy.ids().size(), 2);
  EXPECT_TRUE(all_in(busy.ids(), "T"));
  busy.start();
  EXPECT_TRUE(comes_true([&] { return all_in(busy.ids(), "R"); }));
  busy.pause();
  EXPECT_TRUE(all_in(busy.ids(), "T"));
}

TEST(BusyProcesses, TheyEndAndAreReapedWithTheObject) {
  std::vector<pid_t> ids;
  {
    BusyProcesses busy(3);
    busy.start();
    ids = busy.ids();
  }
  for (const pid_t id : ids) {
    EXPECT_EQ(::waitpid(id, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
  }
}

TEST(BusyProcesses, OneThatSomethingElseEndedIsReported) {
  BusyProcesses busy(2);
  busy.start();
  ::kill(busy.ids().front(), SIGKILL);
  EXPECT_THROW(busy.pause(), base::Error);
  EXPECT_EQ(busy.ids().size(), 1);
}

TEST(BusyProcesses, TheyEndWhenTheirParentIsKilled) {
  const Adoption adoption;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    BusyProcesses busy(2);
    busy.start();
    [[maybe_unused]] const ssize_t written = ::write(ends[1], busy.ids().data(), 2 * sizeof(pid_t));
    ::pause();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::vector<pid_t> ids(2);
  ASSERT_EQ(::read(ends[0], ids.data(), 2 * sizeof(pid_t)), 2 * sizeof(pid_t));
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_TRUE(all_end(ids));
  ::close(ends[0]);
}

TEST(BusyProcesses, ABenchThatIsKilledLeavesNone) {
  const Adoption adoption;
  const Workplace place;
  for (const int signal : {SIGKILL, SIGTERM}) {
    Process bench(place.start({"bench", "--recipe", "dense-small", "--seconds", "600", "--beside", "2"}));
    ASSERT_TRUE(comes_true([&] { return children(bench.id()).size() == 2; }));
    const std::vector<pid_t> ids = children(bench.id());
    bench.send(signal);
    EXPECT_EQ(bench.wait().status, -signal);
    EXPECT_TRUE(all_end(ids));
  }
}

TEST(BusyProcesses, ABenchThatEndsLeavesNone) {
  const Adoption adoption;
  const Ended bench = Workplace().run(
      {"bench", "--recipe", "dense-small", "--precision", "f32", "--seconds", "0.05", "--beside", "2"});
  EXPECT_EQ(bench.status, 0) << bench.errors;
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace ganymede::test
