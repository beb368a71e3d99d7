#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "cli/workplace.h"
#include "io/files/process.h"

namespace ganymede::test {
namespace {

using testing::HasSubstr;

std::string script(const std::string& kind) {
  const Workplace place;
  const Ended ended = place.run({"completion", kind});
  EXPECT_EQ(ended.status, 0) << ended.errors;
  return ended.output;
}

/// The program's output for the script on standard input; nothing if it is not installed.
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

/// The completions that bash proposes for the last of `words`, in `directory`.
std::string completed(const std::string& words, int position, const std::string& directory = ".") {
  return *judged_by("bash", {},
                    script("bash") + "\ncd '" + directory + "'\nCOMP_WORDS=(" + words + ") COMP_CWORD=" +
                        std::to_string(position) + "\n_ganymede\necho \"${COMPREPLY[*]}\"\n");
}

/// A directory with two runs in runs/ and one beside it.
class Runs {
 public:
  Runs() {
    for (const char* run : {"runs/one", "runs/two", "alone"}) {
      std::filesystem::create_directories(directory_ / run);
      std::ofstream(directory_ / run / "config.toml") << "\n";
    }
    std::filesystem::create_directories(directory_ / "runs/no-run");
  }
  std::string path() const { return directory_.path().string(); }

 private:
  TemporaryDirectory directory_;
};

TEST(Completion, BashProposesVerbsAndTheirFlags) {
  EXPECT_EQ(completed("ganymede exp", 1), "export\n");
  EXPECT_EQ(completed("ganymede --v", 1), "--version\n");
  EXPECT_EQ(completed("ganymede export --u", 2), "--uint8\n");
  EXPECT_EQ(completed("ganymede train --uint", 2), "\n");
}

TEST(Completion, BashProposesTheValuesOfArguments) {
  const Runs runs;
  EXPECT_EQ(completed("ganymede train cond", 2), "conditional conditional-conv\n");
  EXPECT_EQ(completed("ganymede recipes dense-", 2), "dense-small\n");
  EXPECT_EQ(completed("ganymede data f", 2), "fashion-mnist\n");
  EXPECT_EQ(completed("ganymede classifier ''", 2), "train\n");
  EXPECT_EQ(completed("ganymede sample ''", 2, runs.path()), "alone runs/one runs/two\n");
  EXPECT_EQ(completed("ganymede sample runs/t", 2, runs.path()), "runs/two\n");
  EXPECT_EQ(completed("ganymede sample nothing", 2, runs.path()), "\n");
}

TEST(Completion, BashProposesTheValuesOfFlags) {
  const Runs runs;
  EXPECT_EQ(completed("ganymede train --precision ''", 3), "auto f32 bf16\n");
  EXPECT_EQ(completed("ganymede train --precision = b", 4), "bf16\n");
  EXPECT_EQ(completed("ganymede train --data stacked", 3), "stacked-mnist\n");
  EXPECT_EQ(completed("ganymede train --on-divergence r", 3), "rollback\n");
  EXPECT_EQ(completed("ganymede train --resume r", 3, runs.path()), "runs/one runs/two\n");
  EXPECT_EQ(completed("ganymede export runs/one --format ''", 4), "onnx c safetensors html\n");
  EXPECT_EQ(completed("ganymede bench --recipe wgan", 3), "wgan-gp\n");
  EXPECT_EQ(completed("ganymede classifier train --prec", 3), "--precision\n");
  EXPECT_EQ(completed("ganymede train --epochs ''", 3), "\n");
}

TEST(Completion, ZshGetsTheValuesOfArgumentsAndFlags) {
  const std::string text = script("zsh");
  EXPECT_THAT(text, HasSubstr(": _ganymede_value no no auto f32 bf16"));
  EXPECT_THAT(text, HasSubstr(": _ganymede_value no yes mnist fashion-mnist stacked-mnist"));
  EXPECT_THAT(text, HasSubstr("'*:RUN|FILE: _ganymede_value yes yes "));
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

TEST(Completion, FishProposesTheValuesOfArgumentsAndFlags) {
  const Runs runs;
  const auto proposed = judged_by("fish", {},
                                  script("fish") + "\ncd '" + runs.path() +
                                      "'\ncomplete -C 'ganymede train wga'\n"
                                      "complete -C 'ganymede train --precision bf'\n"
                                      "complete -C 'ganymede data fashion'\n"
                                      "complete -C 'ganymede sample runs/t'\n");
  if (!proposed) {
    GTEST_SKIP() << "fish is not installed";
  }
  for (const char* word : {"wgan-gp", "bf16", "fashion-mnist", "runs/two"}) {
    EXPECT_THAT(*proposed, HasSubstr(word));
  }
}

TEST(Completion, TheManualPageDescribesEveryVerb) {
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
