#include "io/process.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <string>

#include "io/mutation.h"

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

TEST(Process, TellsThatAProgramIsNotInstalled) {
  EXPECT_FALSE(run_program({.name = "no-such-program-here", .arguments = {}, .input = ""}).has_value());
}

TEST(Process, KillsAProgramAndItsChildrenAtTheTimeOut) {
  test::expect_error(base::ErrorKind::file, {"sh: ", "still running after 1 seconds"}, [] {
    run_program({.name = "sh",
                 .arguments = {"-c", "sleep 100 & wait"},
                 .input = "",
                 .timeout = std::chrono::seconds(1)});
  });
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
