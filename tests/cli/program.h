#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "io/temporary_directory.h"

namespace ganymede::test {

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// How the program is started.
struct Start {
  std::filesystem::path directory;  ///< the current one
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::filesystem::path output = {};  ///< in place of a file that is read at the end
  rlim_t largest_file = RLIM_INFINITY;
  std::vector<int> ignored_signals = {};  ///< as a shell or nohup has them ignored
};

/// The exit status, or minus the signal that killed the program.
struct Ended {
  int status = 0;
  std::string output;
  std::string errors;
};

/// The program under test as a process.
class Process {
 public:
  explicit Process(const Start& start)
      : output_(start.output.empty() ? files_ / "output" : start.output), errors_(files_ / "errors") {
    child_ = ::fork();
    if (child_ == 0) {
      become(start);
    }
  }
  ~Process() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return child_; }
  void send(int signal) const { ::kill(child_, signal); }
  std::string errors_so_far() const { return contents(errors_); }

  Ended wait() {
    int status = 0;
    ::waitpid(std::exchange(child_, 0), &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
            std::filesystem::is_regular_file(output_) ? contents(output_) : "", contents(errors_)};
  }

 private:
  [[noreturn]] void become(const Start& start) const {
    connect(STDOUT_FILENO, output_);
    connect(STDERR_FILENO, errors_);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
      ::signal(signal, SIG_DFL);
    }
    for (const int signal : start.ignored_signals) {
      ::signal(signal, SIG_IGN);
    }
    if (start.largest_file != RLIM_INFINITY) {
      // A write beyond the limit fails, as on a full disk, where it does not kill.
      ::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{start.largest_file, start.largest_file};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ::setenv("XDG_CACHE_HOME", files_.path().c_str(), 1);  // the user's own stays as it is
    for (const auto& [name, value] : start.environment) {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
    std::filesystem::current_path(start.directory);
    std::vector<char*> arguments = {const_cast<char*>("ganymede")};
    for (const std::string& argument : start.arguments) {
      arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    ::execv(GANYMEDE_BINARY, arguments.data());
    std::_Exit(127);
  }

  static void connect(int descriptor, const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ::dup2(file, descriptor);
    ::close(file);
  }

  TemporaryDirectory files_;
  std::filesystem::path output_, errors_;
  pid_t child_ = 0;
};

}  // namespace ganymede::test
