#include "io/files/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "io/mutation.h"
#include "io/temporary_directory.h"

namespace ganymede::io {
namespace {

TEST(Process, PassesInputAndReturnsOutput) {
  const std::string input(3000000, 'x');  // far more than a pipe holds
  const auto result = run_program({.name = "cat", .arguments = {"-"}, .input = input});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_status, 0);
  EXPECT_EQ(result->output, input);
}

TEST(Process, PassesArgumentsUntouchedByAShell) {
  const auto result =
      run_program({.name = "printf", .arguments = {"%s|", "a b", "$HOME", "it's", "\"*\"", ""}, .input = ""});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->output, "a b|$HOME|it's|\"*\"||");
}

TEST(Process, ReturnsTheExitStatusAndTheErrors) {
  const auto failed = run_program({.name = "sh", .arguments = {"-c", "echo oh >&2; exit 7"}, .input = ""});
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->exit_status, 7);
  EXPECT_EQ(failed->errors, "oh\n");
  EXPECT_EQ(failed->output, "");
  EXPECT_EQ(run_program({.name = "sh", .arguments = {"-c", "kill -TERM $$"}, .input = ""})->exit_status,
            128 + SIGTERM);
}

TEST(Process, ReportsThatAProgramIsNotInstalled) {
  EXPECT_FALSE(run_program({.name = "no-such-program-here", .arguments = {}, .input = ""}).has_value());
}

TEST(Process, KillsAProgramAndItsChildrenAtTheTimeOut) {
  const test::TemporaryDirectory directory;
  const std::string pipe = directory / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  test::expect_error(base::ErrorKind::file, {"sh: ", "still running after 1 seconds"}, [&] {
    run_program({.name = "sh",
                 .arguments = {"-c", "sleep 100 > \"$0\" & wait", pipe},
                 .input = "",
                 .timeout = std::chrono::seconds(1)});
  });
  // The pipe hangs up when the last process that could write to it is gone.
  pollfd hang_up = {.fd = reader, .events = 0, .revents = 0};
  EXPECT_EQ(::poll(&hang_up, 1, 5000), 1);
  EXPECT_NE(hang_up.revents & POLLHUP, 0);
  ::close(reader);
}

TEST(Process, GivesAProgramItsTimeAlsoWhereThisOneIsStopped) {
  const test::TemporaryDirectory directory;
  const std::string pipe = directory / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      run_program({.name = "sh",
                   .arguments = {"-c", "read line < \"$0\"", pipe},
                   .input = "",
                   .timeout = std::chrono::seconds(2)});
      std::_Exit(0);
    } catch (const base::Error&) {
      std::_Exit(1);
    }
  }
  const int writer = ::open(pipe.c_str(), O_WRONLY);  // once the program reads
  ::kill(child, SIGSTOP);
  std::this_thread::sleep_for(std::chrono::milliseconds(2200));
  ::kill(child, SIGCONT);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // so that it finds the program still running
  ::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(::write(writer, "\n", 1), 1);
  ::signal(SIGPIPE, SIG_DFL);
  ::close(writer);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(Process, UnblocksSignals) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto result =
      run_program({.name = "sh", .arguments = {"-c", "kill -TERM $$; echo survived"}, .input = ""});
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->output, "");
}

}  // namespace
}  // namespace ganymede::io
