#include "runs/run_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "base/error.h"

namespace ganymede::runs {

namespace {

[[noreturn]] void refuse(const RunDirectory& run, int descriptor) {
  std::array<char, 32> process{};
  const ssize_t length = ::pread(descriptor, process.data(), process.size(), 0);
  const std::string_view text(process.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  const bool whole = text.size() < process.size();
  const bool known = whole && !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  ::close(descriptor);
  throw base::Error(base::ErrorKind::file,
                    {.where = run.path().string(),
                     .found = fmt::format("process {} training in it", known ? text : "(unknown)"),
                     .expected = "no other process",
                     .advice = "Wait for it, stop it, or resume a copy of the directory"});
}

[[noreturn]] void refuse(const std::filesystem::path& path, int error) {
  throw base::Error(base::ErrorKind::file,
                    {.where = path.string(),
                     .found = fmt::format("\"{}\"", std::generic_category().message(error)),
                     .expected = "to lock the run",
                     .advice = "Check the permissions and the space of its directory"});
}

enum class Answer { locked, taken, no_locks };

/// Locks an open file; returns the result.
Answer lock(int descriptor) {
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EINTR) {
      return errno == EWOULDBLOCK ? Answer::taken : Answer::no_locks;
    }
  }
  return Answer::locked;
}

/// Whether the file at `path` is still the open one.
bool is_still(const std::filesystem::path& path, int descriptor) {
  struct stat named {};
  struct stat open {};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(descriptor, &open) == 0 &&
         named.st_ino == open.st_ino && named.st_dev == open.st_dev;
}

/// The same, again for a moment where others only look by is_held(), which share a lock with everybody but
/// its owner.
Answer lock_patiently(int descriptor) {
  constexpr int tries = 20;
  Answer answer = lock(descriptor);
  for (int n = 1; n < tries && answer == Answer::taken && ::flock(descriptor, LOCK_SH | LOCK_NB) == 0; ++n) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    answer = lock(descriptor);
  }
  return answer;
}

/// Opens the lock's file and locks it; returns the result and the open file. Throws Error(file) if it cannot
/// be opened.
std::pair<Answer, int> open_and_lock(const std::filesystem::path& path) {
  while (true) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
      refuse(path, errno);
    }
    const Answer answer = lock_patiently(descriptor);
    if (answer == Answer::taken || is_still(path, descriptor)) {
      return {answer, descriptor};
    }
    ::close(descriptor);  // the other process has just removed it
  }
}

}  // namespace

RunLock::RunLock(const RunDirectory& run) : path_(file_in(run)) {
  auto [answer, descriptor] = open_and_lock(path_);
  if (answer == Answer::taken) {
    refuse(run, descriptor);
  }
  descriptor_ = descriptor;
  name_process();
}

std::optional<RunLock> RunLock::take_free(const RunDirectory& run) {
  std::filesystem::path path = file_in(run);
  auto [answer, descriptor] = open_and_lock(path);
  if (answer == Answer::taken) {
    ::close(descriptor);
    return std::nullopt;
  }
  RunLock lock(std::move(path), descriptor);
  lock.name_process();
  return lock;
}

/// Writes which process has the lock, for another one's error message.
void RunLock::name_process() const {
  const std::string process = std::to_string(::getpid());
  if (::ftruncate(descriptor_, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor_, process.data(), process.size(), 0);
  }
}

std::optional<RunLock> RunLock::inherit(const RunDirectory& run) {
  std::filesystem::path path = file_in(run);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) {
    return std::nullopt;
  }
  if (lock(descriptor) != Answer::locked || !is_still(path, descriptor)) {
    ::close(descriptor);
    return std::nullopt;
  }
  return RunLock(std::move(path), descriptor);
}

bool RunLock::is_held(const RunDirectory& run) {
  const int descriptor = ::open(file_in(run).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return false;
  }
  const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

RunLock::RunLock(RunLock&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

RunLock::~RunLock() {
  if (descriptor_ >= 0) {
    ::unlink(path_.c_str());
    ::close(descriptor_);
  }
}

}  // namespace ganymede::runs
