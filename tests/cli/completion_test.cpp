#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "cli/workplace.h"
#include "io/process.h"

namespace ganymede::test {
namespace {

using testing::HasSubstr;

std::string script(const std::string& kind) {
  const Workplace place;
  const Ended ended = place.run({"completion", kind});
  EXPECT_EQ(ended.status, 0) << ended.errors;
  return ended.output;
}

/// What the program makes of the script on standard input; nothing where it is not installed.
std::optional<std::string> judged_by(const std::string& program, std::vector<std::string> arguments,
                                     const std::string& text) {
  const auto result = io::run_program({.name = program, .arguments = std::move(arguments), .input = text});
  if (!result) {
    return std::nullopt;
  }
  EXPECT_EQ(result->exit_status, 0) << result->errors;
  EXPECT_EQ(result->errors, "");
  return result->output;
}

/// The completions that bash proposes for the last of `words`.
std::string completed(const std::string& words, int position) {
  return *judged_by("bash", {},
                    script("bash") + "\nCOMP_WORDS=(" + words + ") COMP_CWORD=" + std::to_string(position) +
                        "\n_ganymede\necho \"${COMPREPLY[*]}\"\n");
}

TEST(Completion, BashProposesVerbsAndTheirFlags) {
  EXPECT_EQ(completed("ganymede exp", 1), "export\n");
  EXPECT_EQ(completed("ganymede --v", 1), "--version\n");
  EXPECT_EQ(completed("ganymede export --u", 2), "--uint8\n");
  EXPECT_EQ(completed("ganymede train --uint", 2), "\n");
}

TEST(Completion, ZshReadsItsScript) {
  if (!judged_by("zsh", {"-n"}, script("zsh"))) {
    GTEST_SKIP() << "zsh is not installed";
  }
}

TEST(Completion, FishProposesVerbsAndTheirFlags) {
  const auto proposed = judged_by(
      "fish", {}, script("fish") + "\ncomplete -C 'ganymede expor'\ncomplete -C 'ganymede export --ui'\n");
  if (!proposed) {
    GTEST_SKIP() << "fish is not installed";
  }
  EXPECT_THAT(*proposed, HasSubstr("export\tWrite a trained network"));
  EXPECT_THAT(*proposed, HasSubstr("--uint8\t"));
}

TEST(Completion, TheManualPageTellsEveryVerb) {
  const std::string page = script("man");
  for (const char* verb : {"train", "sample", "export", "verify", "bench"}) {
    EXPECT_THAT(page, HasSubstr(std::string(".SS ganymede ") + verb + "\n"));
  }
  const auto printed = judged_by("groff", {"-man", "-ww", "-Tutf8"}, page);
  if (!printed) {
    GTEST_SKIP() << "groff is not installed";
  }
  EXPECT_THAT(*printed, HasSubstr("Write a trained network for other programs"));
}

}  // namespace
}  // namespace ganymede::test
