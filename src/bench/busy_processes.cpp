#include "bench/busy_processes.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>

#include "base/error.h"

namespace ganymede::bench {

namespace {

/// The body of a busy process. It calls only functions that are safe after a fork of a process with threads.
[[noreturn]] void keep_busy(pid_t parent) {
  // The kernel ends this process when its parent ends; the parent may have ended before this call.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(EXIT_FAILURE);
  }
  ::raise(SIGSTOP);
  for (volatile unsigned turns = 0;;) {
    turns = turns + 1;
  }
}

/// Waits until the process is stopped; false if it has ended instead.
bool wait_until_stopped(pid_t id) {
  int status = 0;
  pid_t found = -1;
  do {
    found = ::waitpid(id, &status, WUNTRACED);
  } while (found < 0 && errno == EINTR);
  return found == id && WIFSTOPPED(status);
}

[[noreturn]] void refuse(std::size_t wanted, const std::string& found, const std::string& advice) {
  throw base::Error(base::ErrorKind::usage, {.where = "busy processes",
                                             .found = found,
                                             .expected = fmt::format("{} that run", wanted),
                                             .advice = advice});
}

}  // namespace

BusyProcesses::BusyProcesses(int count) {
  const pid_t parent = ::getpid();
  const auto wanted = static_cast<std::size_t>(count);
  ids_.reserve(wanted);
  while (ids_.size() < wanted) {
    const pid_t id = ::fork();
    if (id == 0) {
      keep_busy(parent);
    }
    if (id < 0 || !wait_until_stopped(id)) {
      const std::string found = fmt::format("{} that could be started", ids_.size());
      end();
      refuse(wanted, found, "Use fewer, or raise the limit of processes (ulimit -u)");
    }
    ids_.push_back(id);
  }
}

BusyProcesses::~BusyProcesses() {
  end();
}

void BusyProcesses::start() {
  for (const pid_t id : ids_) {
    ::kill(id, SIGCONT);
  }
}

void BusyProcesses::pause() {
  for (const pid_t id : ids_) {
    ::kill(id, SIGSTOP);
  }
  const auto ended = std::erase_if(ids_, [](pid_t id) { return !wait_until_stopped(id); });
  if (ended > 0) {
    refuse(ids_.size() + ended, fmt::format("{} that were ended by something else", ended), "Measure again");
  }
}

void BusyProcesses::end() {
  for (const pid_t id : ids_) {
    ::kill(id, SIGKILL);
  }
  for (const pid_t id : ids_) {
    ::waitpid(id, nullptr, 0);
  }
  ids_.clear();
}

}  // namespace ganymede::bench
