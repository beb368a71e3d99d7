#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

#include "cli/workplace.h"
#include "io/files/npy.h"
#include "io/pictures/gif.h"
#include "io/pictures/png.h"

namespace ganymede::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* recipe = R"(
name = "colours"
data = "stacked-digits"
latent = { size = 4 }
[training]
epochs = 2
batch_size = 64
threads = 1
[generator]
layers = [{ kind = "dense", units = 2352 }, { kind = "tanh" }, { kind = "reshape", shape = [28, 28, 3] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 1 }]
)";

/// Trains on stacks of the workplace's digits, four steps an epoch, for two.
Ended train(const Workplace& workplace, const std::vector<std::string>& more = {}) {
  std::ofstream(workplace / "colours.toml") << recipe;
  std::vector<std::string> arguments = {"train", "colours.toml", "--out", "run"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return workplace.run(arguments);
}

/// A workplace with such a run.
class StackedRun : public testing::Test {
 protected:
  static const Workplace& place() {
    static const Workplace workplace;
    static const Ended run = train(workplace);
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_THAT(run.errors, HasSubstr("256 images of 28x28, 4 steps an epoch"));
    return workplace;
  }
};

TEST(StackedScores, AreModesAndTheirDivergenceSlow) {
  const Workplace place;
  ASSERT_EQ(place
                .run({"classifier", "train", "--data", "digits", "--epochs", "10", "--batch-size", "16",
                      "--threads", "1", "--out", "digits.safetensors"})
                .status,
            0);
  const Ended run = train(place, {"--eval-every", "1", "--classifier", "digits.safetensors"});
  EXPECT_THAT(run.errors, HasSubstr("epoch 2/2  KL "));
  std::vector<json> scored;
  std::ifstream lines(place / "run/metrics.jsonl");
  for (std::string line; std::getline(lines, line);) {
    if (json metrics = json::parse(line); metrics.contains("modes")) {
      scored.push_back(std::move(metrics));
    }
  }
  ASSERT_EQ(scored.size(), 2U);
  EXPECT_GE(scored[1]["modes"], 1);
  EXPECT_GT(scored[1]["divergence"], 0.0);
  EXPECT_FALSE(scored[1].contains("frechet_distance"));
  EXPECT_THAT(contents(place / "run/scores.tsv"),
              testing::StartsWith("step\tepoch\tmodes\tdivergence\tdivergence_floor\n"));
  EXPECT_TRUE(std::filesystem::exists(place / "run/scores.png"));

  // The best generator has the score that its line says, by the same protocol.
  const Ended again = place.run({"eval", "run/checkpoints/generator_best.safetensors", "--classifier",
                                 "digits.safetensors", "--resamples", "0", "--json"});
  ASSERT_EQ(again.status, 0) << again.errors;
  const json best = json::parse(again.output);
  EXPECT_EQ(best["count"], 26'000);
  EXPECT_EQ(best["dataset"], "digits");
  EXPECT_NEAR(best["scores"]["divergence"]["value"].get<double>(),
              std::min(scored[0]["divergence"].get<double>(), scored[1]["divergence"].get<double>()), 1e-9);

  ASSERT_EQ(place.run({"sample", "run", "--count", "5", "--out", "images.npy"}).status, 0);
  const Ended array = place.run({"eval", "images.npy", "--stacked", "--data", "digits", "--classifier",
                                 "digits.safetensors", "--count", "10"});
  EXPECT_EQ(array.status, 0) << array.errors;
  EXPECT_THAT(array.output, HasSubstr("KL from uniform"));
}

TEST_F(StackedRun, DrawsInColour) {
  EXPECT_EQ(io::read_png(place() / "run/samples/epoch_0002.png").channels, 3);
  EXPECT_THAT(contents(place() / "run/samples.gif"), testing::StartsWith("GIF89a"));
  for (const std::vector<std::string>& more : {std::vector<std::string>{"--out", "sheet.png"},
                                               {"--interpolate", "--out", "walk.png"},
                                               {"--animate", "walk.gif"},
                                               {"--count", "5", "--out", "images.npy"}}) {
    std::vector<std::string> arguments = {"sample", "run"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = place().run(arguments);
    EXPECT_EQ(ended.status, 0) << ended.errors;
  }
  EXPECT_EQ(io::read_png(place() / "walk.png").channels, 3);
  EXPECT_EQ(io::read_npy(place() / "images.npy").shape, (base::Shape{5, 28, 28, 3}));
}

TEST_F(StackedRun, IsExported) {
  for (const std::string format : {"onnx", "c", "safetensors"}) {
    const Ended ended = place().run({"export", "run", "--format", format});
    EXPECT_EQ(ended.status, 0) << ended.errors;
  }
  for (const std::string file : {"generator.onnx", "generator.h", "generator.pytorch.safetensors"}) {
    const Ended ended = place().run({"verify", file});
    EXPECT_EQ(ended.status, 0) << ended.errors;
  }
}

TEST_F(StackedRun, ResumesOnlyWithTheSameStacks) {
  std::filesystem::copy(place() / "run", place() / "longer", std::filesystem::copy_options::recursive);
  const Ended other = place().run({"train", "--resume", "longer", "--epochs", "3", "--data", "digits"});
  EXPECT_EQ(other.status, 4);
  EXPECT_THAT(other.errors, HasSubstr("other images than the run began with"));
  const Ended same = place().run({"train", "--resume", "longer", "--epochs", "3"});
  EXPECT_EQ(same.status, 0) << same.errors;
  EXPECT_THAT(same.errors, HasSubstr("epoch 3/3  step 12/12"));
}

TEST_F(StackedRun, HasNoLabels) {
  const Ended classifier = place().run({"classifier", "train", "--data", "stacked-digits"});
  EXPECT_EQ(classifier.status, 4);
  EXPECT_THAT(classifier.errors, HasSubstr("images of one class"));
  const Ended cas = place().run({"eval", "run", "--cas"});
  EXPECT_EQ(cas.status, 2);
  EXPECT_THAT(cas.errors, HasSubstr("stacked-digits, whose images have no labels"));
}

TEST(StackedData, IsShown) {
  const Workplace place;
  const Ended shown = place.run({"data", "stacked-digits"});
  EXPECT_EQ(shown.status, 0) << shown.errors;
  EXPECT_THAT(shown.output, HasSubstr("stacked-digits: images of 28x28 pixels with 3 channels, 1 class\n"));
  EXPECT_THAT(shown.output, testing::ContainsRegex("stack +256 +64\n"));
  const io::Image sheet = io::read_png(place / "stacked-digits.png");
  EXPECT_EQ(sheet.channels, 3);
  EXPECT_EQ(sheet.height, 8 * (2 * 28 + 2) + 2);
}

}  // namespace
}  // namespace ganymede::test
