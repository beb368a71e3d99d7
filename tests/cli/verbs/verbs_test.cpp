#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "cli/workplace.h"
#include "io/files/npy.h"
#include "io/pictures/png.h"
#include "train/recipe/embedded_recipes.h"

namespace ganymede::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Verbs, HelpAndVersionComeToStandardOutput) {
  const Workplace place;
  for (const std::string verb :
       {"train", "sample", "recipes", "summary", "data", "plot", "doctor", "bench", "eval"}) {
    const Ended help = place.run({verb, "--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.output, HasSubstr("Usage: ganymede " + verb));
    EXPECT_THAT(help.output, HasSubstr("Examples:"));
    EXPECT_THAT(help.errors, IsEmpty());
  }
  EXPECT_THAT(place.run({}).output, HasSubstr("Examples:"));
  EXPECT_THAT(place.run({"--version"}).output, testing::MatchesRegex("ganymede [0-9.]+\n"));
}

TEST(Verbs, HelpIsAVerbToo) {
  const Workplace place;
  EXPECT_EQ(place.run({"help"}).status, 0);
  EXPECT_EQ(place.run({"help"}).output, place.run({"--help"}).output);
  EXPECT_EQ(place.run({"help", "sample"}).output, place.run({"sample", "--help"}).output);
}

TEST(Verbs, TheHelpNamesTheRecipeThatPlainTrainRuns) {
  const Workplace place;
  const Ended trained =
      place.run({"train", "--data", "digits", "--steps", "1", "--batch-size", "8", "--out", "run"});
  ASSERT_EQ(trained.status, 0) << trained.errors;
  const std::size_t begin = trained.errors.find("Training ") + 9;
  const std::string recipe = trained.errors.substr(begin, trained.errors.find(" on digits") - begin);
  EXPECT_THAT(place.run({"--help"}).output, HasSubstr("train the recipe " + recipe + " on MNIST"));
}

TEST(Verbs, RecipesAreListedAndPrintedAsTheyAre) {
  const Workplace place;
  const std::string list = place.run({"recipes"}).output;
  for (const train::EmbeddedRecipe& recipe : train::embedded_recipes()) {
    EXPECT_THAT(list, HasSubstr(std::string(recipe.name) + " "));
    EXPECT_EQ(place.run({"recipes", std::string(recipe.name)}).output, recipe.text);
  }
}

TEST(Verbs, TheSummaryCountsWhatKerasCounts) {
  const Workplace place;
  const std::string conv = place.run({"summary", "conv"}).output;
  // The counts that the Keras tutorial's models print.
  EXPECT_THAT(conv, HasSubstr("Total params: 1,164,289"));
  EXPECT_THAT(conv, HasSubstr("Total params: 40,705"));
  EXPECT_THAT(conv, HasSubstr("Non-trainable params: 40,705"));
  EXPECT_THAT(conv,
              HasSubstr("conv_transpose_2 (Conv2DTranspose)    (None, 28, 28, 128)            262,272"));
  const std::string dense = place.run({"summary", "dense"}).output;
  EXPECT_THAT(dense, HasSubstr("Non-trainable params: 3,584 "));
  EXPECT_THAT(dense, HasSubstr("Non-trainable params: 537,089 "));
}

TEST(Verbs, AProfileOfARunIsATableOnStandardOutput) {
  const Workplace place;
  const Ended run = place.run(Workplace::train("small.toml", {"--profile"}));
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.output, HasSubstr("fake generator dense_1, forward"));
}

TEST(Verbs, DiagramsAreDrawnByDotAndWrittenWithoutIt) {
  const Workplace place;
  EXPECT_EQ(place.run({"summary", "conditional", "--plot", "a.svg"}).status, 0);
  EXPECT_THAT(contents(place / "a.svg"), HasSubstr("join_label_1"));
  Start start = place.start({"summary", "conditional", "--plot", "a.dot"});
  start.environment = {{"PATH", "/nowhere"}};
  EXPECT_EQ(Process(start).wait().status, 0);
  EXPECT_THAT(contents(place / "a.dot"), testing::StartsWith("digraph"));
  start.arguments.back() = "b.png";
  const Ended missing = Process(start).wait();
  EXPECT_EQ(missing.status, 6);
  EXPECT_THAT(missing.errors, HasSubstr("apt install graphviz"));
  EXPECT_EQ(place.run({"summary", "conditional", "--plot", "a.pdf"}).status, 2);
}

TEST(Verbs, DataTellsCountsAndDrawsExamples) {
  const Workplace place;
  const Ended ended = place.run({"data", "digits"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, HasSubstr("28x28 pixels with 1 channel, 10 classes"));
  EXPECT_THAT(ended.output, HasSubstr("all                   64        16"));
  EXPECT_EQ(io::read_png(place / "digits.png").height, 10 * 58 + 2);
}

TEST(Verbs, TheDoctorFindsTheDataSet) {
  const Workplace place;
  EXPECT_THAT(place.run({"doctor"}).output, HasSubstr("mnist           verified"));
}

class Sample : public testing::Test {
 protected:
  Sample() { EXPECT_EQ(place_.run(Workplace::train("small.toml", {"--steps", "8"})).status, 0); }

  io::Image draw(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"sample", "run"});
    const Ended ended = place_.run(flags);
    EXPECT_EQ(ended.status, 0) << ended.errors;
    return io::read_png(place_ / "samples.png");
  }

  Workplace place_;
};

TEST_F(Sample, GridsHaveTheSizeAskedFor) {
  EXPECT_EQ(draw({}).width, 8 * 58 + 2);
  const io::Image grid = draw({"--grid", "2x5"});
  EXPECT_EQ(grid.height, 2 * 58 + 2);
  EXPECT_EQ(grid.width, 5 * 58 + 2);
  EXPECT_EQ(draw({"--count", "7"}).width, 3 * 58 + 2);
  EXPECT_EQ(draw({"--interpolate", "4"}).width, 4 * 58 + 2);
  EXPECT_EQ(draw({"--interpolate"}).width, 10 * 58 + 2);
}

TEST_F(Sample, TheRunsOwnSeedDrawsItsLastSampleAgain) {
  EXPECT_EQ(draw({"--grid", "2x3"}), io::read_png(place_ / "run/samples/epoch_0001.png"));
  EXPECT_NE(draw({"--grid", "2x3", "--seed", "7"}), io::read_png(place_ / "run/samples/epoch_0001.png"));
}

TEST_F(Sample, WithoutTemperatureIsOneImageOverAndOver) {
  const auto images = [&](const std::string& temperature) {
    EXPECT_EQ(
        place_.run({"sample", "run", "--count", "2", "--temperature", temperature, "--out", "a.npy"}).status,
        0);
    std::vector<float> values = io::read_npy(place_ / "a.npy").values;
    const auto second = values.begin() + 28 * 28;
    return std::pair(std::vector(values.begin(), second), std::vector(second, values.end()));
  };
  const auto [mean, again] = images("0");
  EXPECT_EQ(mean, again);
  const auto [one, other] = images("1");
  EXPECT_NE(one, other);
  EXPECT_NE(one, mean);
}

TEST_F(Sample, ArraysAreNumpysOwnFormatInThePixelRange) {
  ASSERT_EQ(place_.run({"sample", "run", "--count", "300", "--out", "a.npy"}).status, 0);
  const std::string bytes = contents(place_ / "a.npy");
  EXPECT_THAT(bytes, testing::StartsWith("\x93NUMPY"));
  EXPECT_THAT(bytes.substr(0, 128), HasSubstr("(300, 28, 28, 1)"));
  std::vector<float> values(300 * 28 * 28);
  ASSERT_GT(bytes.size(), values.size() * sizeof(float));
  std::memcpy(values.data(), bytes.data() + bytes.size() - values.size() * sizeof(float),
              values.size() * sizeof(float));
  EXPECT_TRUE(std::ranges::all_of(values, [](float value) { return value >= -1.0F && value <= 1.0F; }));
}

TEST_F(Sample, AnimationsLoop) {
  ASSERT_EQ(place_.run({"sample", "run", "--animate", "walk.gif", "--grid", "1x2"}).status, 0);
  const std::string gif = contents(place_ / "walk.gif");
  EXPECT_THAT(gif, testing::StartsWith("GIF89a"));
  EXPECT_THAT(gif, HasSubstr("NETSCAPE2.0"));
  EXPECT_FALSE(std::filesystem::exists(place_ / "samples.png"));
}

TEST(SampleOfConditional, ARowHasAClassAndAClassCanBeAskedFor) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("conditional", {"--steps", "1"})).status, 0);
  ASSERT_EQ(place.run({"sample", "run", "--out", "all.png"}).status, 0);
  EXPECT_EQ(io::read_png(place / "all.png"), io::read_png(place / "run/samples/epoch_0001.png"));
  ASSERT_EQ(place.run({"sample", "run", "--class", "0", "--grid", "1x10", "--out", "zeros.png"}).status, 0);
  const io::Image all = io::read_png(place / "all.png");
  const io::Image zeros = io::read_png(place / "zeros.png");
  EXPECT_TRUE(std::equal(zeros.pixels.begin(), zeros.pixels.end(), all.pixels.begin()));
}

TEST(SampleOfConditional, AnArrayHasItsLabelsBesideIt) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("conditional", {"--steps", "1"})).status, 0);
  const auto draw = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"sample", "run", "--out", "x.npy"});
    const Ended ended = place.run(flags);
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_THAT(ended.errors, HasSubstr("x.labels.npy"));
    return io::read_npy(place / "x.labels.npy").values;
  };
  const std::vector<float> all = draw({"--grid", "10x3"});
  ASSERT_EQ(all.size(), 30U);
  const std::vector<float> images = io::read_npy(place / "x.npy").values;
  const std::size_t size = images.size() / all.size();
  EXPECT_EQ(draw({"--class", "7", "--grid", "10x3"}), std::vector<float>(30, 7.0F));
  const std::vector<float> sevens = io::read_npy(place / "x.npy").values;
  // From the same latent points, only images of the same label are the same.
  for (std::size_t n = 0; n < all.size(); ++n) {
    const bool same = std::equal(images.begin() + static_cast<std::ptrdiff_t>(n * size),
                                 images.begin() + static_cast<std::ptrdiff_t>((n + 1) * size),
                                 sevens.begin() + static_cast<std::ptrdiff_t>(n * size));
    EXPECT_EQ(same, all[n] == 7.0F) << n;
  }
}

TEST_F(Sample, OfAGeneratorWithoutLabelsLeavesNoneOfOtherImages) {
  std::ofstream(place_ / "x.labels.npy") << "of other images";
  ASSERT_EQ(place_.run({"sample", "run", "--out", "x.npy"}).status, 0);
  EXPECT_FALSE(std::filesystem::exists(place_ / "x.labels.npy"));
}

}  // namespace
}  // namespace ganymede::test
