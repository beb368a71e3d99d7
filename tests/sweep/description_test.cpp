#include "sweep/description.h"

#include <gmock/gmock.h>

#include <string>

#include "base/error.h"

namespace ganymede::sweep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal_of(const std::string& toml) {
  try {
    parse_description(toml, "rates.toml");
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::configuration);
    return error.what();
  }
  return "no error";
}

TEST(Description, SaysWhatToTrain) {
  const Description description = parse_description(R"(
recipe = ["dense", "conv"]
steps = 300
seeds = [7, 3]
rank_by = "recall"
columns = ["precision"]
budget = "1h30m"
out = "elsewhere"
[set]
training.batch_size = 64
[variants]
"with R1" = { penalty.r1 = 1.0, "objective.loss" = "hinge" }
plain = {}
[grid]
objective.loss = ["minimax", "hinge"]
)",
                                                    "rates.toml");
  EXPECT_THAT(description.recipe.all, ElementsAre("dense", "conv"));
  EXPECT_EQ(description.steps, 300);
  EXPECT_EQ(description.epochs, 0);
  EXPECT_THAT(description.seeds.values, ElementsAre(7, 3));
  EXPECT_THAT(description.set.assignments, ElementsAre("training.batch_size=64"));
  ASSERT_EQ(description.variants.all.size(), 2U);
  EXPECT_EQ(description.variants.all[0].name, "with R1") << "in the order of the file";
  EXPECT_THAT(description.variants.all[0].settings.assignments,
              ElementsAre("penalty.r1=1.0", testing::StartsWith("objective.loss=")));
  EXPECT_TRUE(description.variants.all[1].settings.assignments.empty());
  ASSERT_EQ(description.grid.axes.size(), 1U);
  EXPECT_THAT(description.grid.axes[0].keys, ElementsAre("objective.loss"));
  EXPECT_EQ(description.grid.axes[0].values.size(), 2U);
  EXPECT_EQ(description.budget.seconds, 5400.0);
  EXPECT_EQ(description.directory(), "elsewhere");
}

TEST(Description, HasFiveSeedsAndADirectoryOfItsNameWithoutBeingTold) {
  const Description description = parse_description("recipe = \"dense\"", "some/rates.toml");
  EXPECT_THAT(description.seeds.values, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(description.directory(), "runs/rates");
  EXPECT_THAT(parse_description("recipe = \"dense\"\nseeds = 3", "a.toml").seeds.values,
              ElementsAre(1, 2, 3));
}

TEST(Description, TakesOneValueForSeveralKeys) {
  const Description description = parse_description(
      "recipe = \"dense\"\n[grid]\n\"a.learning_rate, b.learning_rate\" = [1e-4]", "rates.toml");
  EXPECT_THAT(description.grid.axes[0].keys, ElementsAre("a.learning_rate", "b.learning_rate"));
}

TEST(Description, IsRefusedWithItsFileAndTheKey) {
  EXPECT_THAT(refusal_of("recipe = "), HasSubstr("rates.toml line 1"));
  EXPECT_THAT(refusal_of("epochs = 3"), HasSubstr("no key \"recipe\""));
  EXPECT_THAT(refusal_of("recipe = \"dense\"\nepoch = 3"),
              AllOf(HasSubstr("rates.toml: "), HasSubstr("Did you mean \"epochs\"?")));
  const std::string begin = "recipe = \"dense\"\n";
  EXPECT_THAT(refusal_of(begin + "epochs = 3\nsteps = 4"), HasSubstr("sweep.steps: found epochs too"));
  EXPECT_THAT(refusal_of(begin + "seeds = [1, 1]"), HasSubstr("sweep.seeds: found the seed 1 twice"));
  EXPECT_THAT(refusal_of(begin + "seeds = [-1]"), HasSubstr("sweep.seeds: found -1"));
  EXPECT_THAT(refusal_of(begin + "seeds = 0"), HasSubstr("sweep.seeds: found 0"));
  EXPECT_THAT(refusal_of(begin + "[grid]\ntraining.seed = [1]"), HasSubstr("Write seeds ="));
  EXPECT_THAT(refusal_of(begin + "[grid]\nobjective.loss = \"hinge\""),
              HasSubstr("sweep.grid.objective.loss: found "));
  EXPECT_THAT(refusal_of(begin + "[grid]\nobjective.loss = []"), HasSubstr("sweep.grid.objective.loss"));
  EXPECT_THAT(refusal_of(begin + "[grid]\n\"a b\" = [1]"), HasSubstr("the key \"a b\""));
  EXPECT_THAT(refusal_of(begin + "[set]\nlatent = {}"), HasSubstr("sweep.set.latent: found an empty table"));
  EXPECT_THAT(refusal_of(begin + "[grid]\nlatent.size = { low = 2, high = 8 }"), HasSubstr("samples = N"));
  EXPECT_THAT(refusal_of(begin + "samples = 2\n[grid]\nlatent.size = { low = 8, high = 2 }"),
              HasSubstr("a range from 8"));
  EXPECT_THAT(refusal_of(begin + "samples = 2\n[grid]\nlatent.size = { low = 0, high = 2, log = true }"),
              HasSubstr("a logarithmic range"));
  EXPECT_THAT(refusal_of(begin + "budget = \"soon\""), HasSubstr("sweep.budget: found \"soon\""));
}

TEST(Duration, IsReadInDaysHoursMinutesAndSeconds) {
  EXPECT_EQ(parse_duration("90s", "x"), 90.0);
  EXPECT_EQ(parse_duration("1h 30m", "x"), 5400.0);
  EXPECT_EQ(parse_duration("0.5d", "x"), 43200.0);
  for (const char* text : {"", "5", "h", "-1h", "0s", "infs", "1x", "400d"}) {
    EXPECT_THROW(parse_duration(text, "x"), base::Error) << text;
  }
}

}  // namespace
}  // namespace ganymede::sweep
