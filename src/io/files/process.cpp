#include "io/files/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <thread>

#include "base/error.h"

namespace ganymede::io {

namespace {

base::Error failure(const std::string& program, std::string found, std::string advice) {
  return {base::ErrorKind::file,
          {.where = program,
           .found = std::move(found),
           .expected = "the program to run to its end",
           .advice = std::move(advice)}};
}

base::Error failure(const std::string& program, int error) {
  return failure(program, fmt::format("\"{}\"", std::generic_category().message(error)),
                 "Check that it is installed and that memory is left");
}

/// A file in memory, which unlike a pipe takes any amount without a reader.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& program) : descriptor_(::memfd_create("ganymede", MFD_CLOEXEC)) {
    if (descriptor_ < 0) {
      throw failure(program, errno);
    }
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const { return descriptor_; }

  /// Fills the file, for reading from its beginning.
  bool fill(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno != EINTR) {
        return false;
      }
      text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return ::lseek(descriptor_, 0, SEEK_SET) == 0;
  }

  std::string contents() const {
    std::string text(static_cast<std::size_t>(std::max<off_t>(::lseek(descriptor_, 0, SEEK_END), 0)), '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
      const ssize_t length =
          ::pread(descriptor_, text.data() + filled, text.size() - filled, static_cast<off_t>(filled));
      if (length <= 0) {
        break;
      }
      filled += static_cast<std::size_t>(length);
    }
    text.resize(filled);
    return text;
  }

 private:
  int descriptor_;
};

/// What posix_spawn() is to arrange in the new process.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void connect(const MemoryFile& file, int descriptor) {
    posix_spawn_file_actions_adddup2(&actions_, file.descriptor(), descriptor);
  }

  /// Returns zero or the reason for the failure.
  int spawn(const Program& program, pid_t& child) const {
    std::vector<char*> arguments = {const_cast<char*>(program.name.c_str())};
    for (const std::string& argument : program.arguments) {
      arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    return ::posix_spawnp(&child, program.name.c_str(), &actions_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// Waits for the child and returns its status; kills it when the time is up. That does not pass while this
/// process is stopped, as the child may be with it.
int wait_for(pid_t child, const Program& program) {
  constexpr auto pause = std::chrono::milliseconds(2);
  std::chrono::milliseconds left = program.timeout;
  int status = 0;
  while (true) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (ended < 0 && errno != EINTR) {
      throw failure(program.name, errno);
    }
    if (left <= std::chrono::milliseconds(0)) {
      ::kill(-child, SIGKILL);
      ::waitpid(child, &status, 0);
      throw failure(program.name, fmt::format("it still running after {} seconds", program.timeout.count()),
                    "Try again when the machine is less busy");
    }
    std::this_thread::sleep_for(pause);
    left -= pause;
  }
}

}  // namespace

std::optional<ProgramResult> run_program(const Program& program) {
  MemoryFile input(program.name);
  MemoryFile output(program.name);
  MemoryFile errors(program.name);
  if (!input.fill(program.input)) {
    throw failure(program.name, errno);
  }
  SpawnPlan plan;
  plan.connect(input, STDIN_FILENO);
  plan.connect(output, STDOUT_FILENO);
  plan.connect(errors, STDERR_FILENO);
  pid_t child = 0;
  const int error = plan.spawn(program, child);
  if (error == ENOENT) {
    return std::nullopt;
  }
  if (error != 0) {
    throw failure(program.name, error);
  }
  ProgramResult result;
  result.exit_status = wait_for(child, program);
  result.output = output.contents();
  result.errors = errors.contents();
  return result;
}

}  // namespace ganymede::io
