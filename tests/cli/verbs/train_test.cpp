#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

#include "cli/each_recipe.h"
#include "cli/run_under_test.h"
#include "cli/workplace.h"
#include "io/official_reader.h"
#include "io/pictures/png.h"

namespace ganymede::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

TEST(Train, TensorBoardReadsItsEvents) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  const auto printed = test::run_python("check_tensorboard.py", {(place / "run").string()});
  if (!printed) {
    GTEST_SKIP() << test::no_python;
  }
  EXPECT_THAT(*printed, testing::ContainsRegex("scalar loss_g 4:[^ ]+ 8:[^ ]+ 12:[^ ]+ 16:[^ ]+\n"));
  for (const char* line :
       {"image samples 0 ", "image samples 8 ", "image samples 16 ", "histogram generator/dense_1.weight 8 ",
        "histogram generator_gradients/dense_1.bias 16 ", "histogram discriminator/dense_1.bias 16 ",
        "text recipe 0 ", "    batch_size = 8\n"}) {
    EXPECT_THAT(*printed, HasSubstr(line));
  }
}

TEST(Train, ARunDirectoryHasEverything) {
  const Workplace place;
  const Ended ended = place.run(Workplace::train("small.toml", {"--set", "output.generator_every_epochs=2"}));
  ASSERT_EQ(ended.status, 0) << ended.errors;
  EXPECT_THAT(ended.output, IsEmpty());
  EXPECT_THAT(ended.errors, HasSubstr("epoch 2/2  step 16/16"));
  EXPECT_THAT(place.names("run"),
              UnorderedElementsAre("config.toml", "meta.json", "metrics.jsonl", "samples", "samples.gif",
                                   "losses.png", "losses.tsv", "checkpoints", "generator.safetensors",
                                   StartsWith("events.out.tfevents.")));
  EXPECT_THAT(place.names("run/samples"),
              UnorderedElementsAre("epoch_0000.png", "epoch_0001.png", "epoch_0002.png"));
  EXPECT_THAT(place.names("run/checkpoints"),
              UnorderedElementsAre("step_00000008.safetensors", "step_00000016.safetensors",
                                   "generator_epoch_0002.safetensors"));
  const auto metrics = objects(contents(place / "run/metrics.jsonl"));
  ASSERT_EQ(metrics.size(), 4U);
  for (const char* key : {"step", "epoch", "time", "ms_per_step", "images_per_s", "loss_d_real",
                          "loss_d_fake", "loss_g", "accuracy_real", "accuracy_fake", "d_x", "d_g_z"}) {
    EXPECT_TRUE(metrics.back()[key].is_number()) << key;
  }
  EXPECT_EQ(metrics.back()["step"], 16);
  const auto meta = nlohmann::json::parse(contents(place / "run/meta.json"));
  EXPECT_EQ(meta["command"][1], "train");
  EXPECT_EQ(meta["dataset"]["files"].size(), 2U);
  EXPECT_EQ(io::read_png(place / "run/samples/epoch_0000.png").width, 3 * 58 + 2);
}

TEST(Train, ADefaultRunIsWhatTheLatestLinkLeadsTo) {
  const Workplace place;
  const std::vector<std::string> arguments = {"train",        "small.toml", "--data",  "digits",
                                              "--batch-size", "8",          "--steps", "1"};
  ASSERT_EQ(place.run(arguments).status, 0);
  const auto first = std::filesystem::read_symlink(place / "runs/latest");
  EXPECT_TRUE(first.is_relative());
  EXPECT_THAT(first.string(), testing::EndsWith("-small"));
  ASSERT_EQ(place.run(arguments).status, 0);
  EXPECT_NE(std::filesystem::read_symlink(place / "runs/latest"), first);
  EXPECT_EQ(place.run({"sample", "runs/latest"}).status, 0);
}

TEST(Train, JsonIsAllThatComesToStandardOutput) {
  const Workplace place;
  const Ended ended = place.run(Workplace::train("small.toml", {"--json", "--quiet"}));
  EXPECT_THAT(ended.errors, IsEmpty());
  std::vector<std::string> events;
  for (const nlohmann::json& line : objects(ended.output)) {
    events.push_back(line["event"]);
  }
  EXPECT_THAT(events, ElementsAre("interval", "interval", "epoch", "interval", "interval", "epoch"));
}

TEST(Train, QuietIsSilent) {
  const Workplace place;
  const Ended ended = place.run(Workplace::train("small.toml", {"--quiet"}));
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output + ended.errors, IsEmpty());
}

TEST(Train, WithoutGnuplotTheNumbersAreLeft) {
  const Workplace place;
  Start start = place.start(Workplace::train("small.toml"));
  start.environment = {{"PATH", "/nowhere"}};
  const Ended ended = Process(start).wait();
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.errors, HasSubstr("apt install gnuplot-nox"));
  EXPECT_TRUE(std::filesystem::exists(place / "run/losses.tsv"));
  start.arguments = {"plot", "run"};
  EXPECT_EQ(Process(start).wait().status, 6);
  EXPECT_EQ(place.run({"plot", "run"}).status, 0);
  EXPECT_TRUE(std::filesystem::exists(place / "run/losses.png"));
}

class EveryRecipe : public testing::TestWithParam<train::EmbeddedRecipe> {};

TEST_P(EveryRecipe, ResumesToTheUninterruptedRunByteForByte) {
  const Workplace whole;
  const Workplace parted;
  const std::string recipe(GetParam().name);
  // A schedule over the whole run would be another one for a shorter run.
  std::vector<std::string> arguments = Workplace::train(
      recipe, {"--set", "output.metrics_every_steps=2", "--set", "schedule.whole_run=false", "--steps", "4"});
  if (recipe == "stacked") {
    std::ranges::replace(arguments, "digits", "stacked-digits");
  }
  ASSERT_EQ(whole.run(arguments).status, 0);
  arguments.back() = "2";
  ASSERT_EQ(parted.run(arguments).status, 0);
  ASSERT_EQ(parted.run({"train", "--resume", "run", "--steps", "4"}).status, 0);
  for (const std::string file : {"checkpoints/step_00000004.safetensors", "generator.safetensors",
                                 "config.toml", "samples/epoch_0001.png"}) {
    const std::string expected = contents(whole / ("run/" + file));
    EXPECT_FALSE(expected.empty());
    EXPECT_TRUE(contents(parted / ("run/" + file)) == expected) << file;
  }
  EXPECT_EQ(timeless(objects(contents(parted / "run/metrics.jsonl"))),
            timeless(objects(contents(whole / "run/metrics.jsonl"))));
}

INSTANTIATE_TEST_SUITE_P(Train, EveryRecipe, each_recipe(), name_of_case);

TEST(Train, ResumingDropsMeasurementsBeyondTheCheckpoint) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  std::ofstream(place / "run/metrics.jsonl", std::ios::app) << "{\"step\": 20, \"epoch\": 3}\n{\"step\": 2";
  ASSERT_EQ(place.run({"train", "--resume", "run", "--epochs", "3"}).status, 0);
  const auto metrics = objects(contents(place / "run/metrics.jsonl"));
  std::vector<int> steps;
  for (const nlohmann::json& line : metrics) {
    steps.push_back(line["step"]);
  }
  EXPECT_THAT(steps, ElementsAre(4, 8, 12, 16, 20, 24));
  EXPECT_TRUE(metrics[4].contains("loss_g"));
}

TEST(Train, AFinishedRunSaysHowToExtendIt) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  const Ended again = place.run({"train", "--resume", "run"});
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.errors, HasSubstr("extend it with --epochs or --steps"));
  EXPECT_EQ(place.run({"train", "--resume", "run", "--steps", "3"}).status, 2);
}

TEST(Train, ARunThatIsKilledAtAnyMomentCanBeResumed) {
  for (const int milliseconds : {5, 20, 35, 50, 70, 90, 120, 160, 220, 300, 400, 600, 900}) {
    SCOPED_TRACE(milliseconds);
    const Workplace place;
    Process process(place.start(Workplace::train("small.toml", endless)));
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    process.send(SIGKILL);
    EXPECT_EQ(process.wait().status, -SIGKILL);
    if (std::filesystem::exists(place / "run")) {
      expect_resumable(place);
      EXPECT_THAT(place.names("run/checkpoints"), testing::Each(testing::Not(HasSubstr(".tmp"))));
    } else {
      EXPECT_EQ(place.run(Workplace::train("small.toml")).status, 0);
      EXPECT_THAT(place.names("."), UnorderedElementsAre("digits", "small.toml", "run"));
    }
  }
}

}  // namespace
}  // namespace ganymede::test
