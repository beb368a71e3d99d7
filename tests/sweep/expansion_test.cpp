#include "sweep/expansion.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/number.h"

namespace ganymede::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::SizeIs;

Expansion expand(const std::string& toml) {
  return sweep::expand(parse_description("recipe = \"dense\"\n" + toml, "rates.toml"));
}

std::vector<std::string> labels(const Expansion& expansion) {
  std::vector<std::string> all;
  for (const Setting& setting : expansion.settings) {
    all.push_back(setting.label);
  }
  return all;
}

std::vector<std::string> names(const Expansion& expansion) {
  std::vector<std::string> all;
  for (const Run& run : expansion.runs) {
    all.push_back(run.name);
  }
  return all;
}

std::string refusal_of(const std::string& toml) {
  try {
    expand(toml);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Expansion, OfAGridIsEveryCombinationWithEverySeed) {
  const Expansion expansion =
      expand("seeds = [4, 9]\n[grid]\nobjective.loss = [\"hinge\", \"minimax\"]\nlatent.size = [8, 16]");
  EXPECT_THAT(labels(expansion), ElementsAre("loss=hinge, size=8", "loss=hinge, size=16",
                                             "loss=minimax, size=8", "loss=minimax, size=16"));
  EXPECT_THAT(expansion.settings[1].overrides,
              ElementsAre(testing::StartsWith("objective.loss="), "latent.size=16"));
  EXPECT_THAT(names(expansion), ElementsAre("loss-hinge_size-8_seed-4", "loss-hinge_size-16_seed-4",
                                            "loss-minimax_size-8_seed-4", "loss-minimax_size-16_seed-4",
                                            "loss-hinge_size-8_seed-9", "loss-hinge_size-16_seed-9",
                                            "loss-minimax_size-8_seed-9", "loss-minimax_size-16_seed-9"))
      << "the seeds one after the other, so that all settings can be compared early";
  EXPECT_EQ(expansion.runs[5].setting, 1U);
  EXPECT_EQ(expansion.runs[5].seed, 9);
}

TEST(Expansion, WithoutAGridIsTheRecipeItself) {
  const Expansion expansion = expand("seeds = [1, 2]");
  EXPECT_THAT(labels(expansion), ElementsAre("dense"));
  EXPECT_THAT(names(expansion), ElementsAre("dense_seed-1", "dense_seed-2"));
}

TEST(Expansion, NamesRecipesAndVariantsWhereThereAreSeveral) {
  const Expansion expansion = sweep::expand(parse_description(
      "recipe = [\"dense\", \"my/own.toml\"]\nseeds = 1\n[set]\nlatent.size = 9\n[variants]\n"
      "\"hinge, bounded\" = { objective.loss = \"hinge\" }\nplain = {}",
      "rates.toml"));
  EXPECT_THAT(names(expansion), ElementsAre("dense_hinge-bounded_seed-1", "dense_plain_seed-1",
                                            "my-own.toml_hinge-bounded_seed-1", "my-own.toml_plain_seed-1"));
  EXPECT_EQ(expansion.settings[2].recipe, "my/own.toml");
  EXPECT_THAT(expansion.settings[2].overrides,
              ElementsAre("latent.size=9", testing::StartsWith("objective.loss=")));
}

TEST(Expansion, CallsAKeyByAsMuchAsTellsItFromTheOthers) {
  const Expansion expansion = expand(
      "seeds = 1\n[grid]\ngenerator_optimizer.beta1 = [0.5]\ndiscriminator_optimizer.beta1 = [0.0]\n"
      "\"generator_optimizer.learning_rate, discriminator_optimizer.learning_rate\" = [1e-4]");
  EXPECT_THAT(
      labels(expansion),
      ElementsAre("generator_optimizer.beta1=0.5, discriminator_optimizer.beta1=0.0, learning_rate=0.0001"));
  EXPECT_THAT(expansion.settings[0].overrides, SizeIs(4));
}

TEST(Expansion, NamesDoNotDependOnOtherValues) {
  const auto few = names(expand("seeds = [2]\n[grid]\nlatent.size = [8, 32]"));
  const auto many = names(expand("seeds = [1, 2]\n[grid]\nlatent.size = [4, 8, 32, 64]"));
  EXPECT_THAT(few, IsSubsetOf(many));
}

TEST(Expansion, NamesAreDifferentWhereOnlyUnusualLettersAre) {
  const auto all = names(expand("seeds = 1\n[variants]\n\"a+b\" = {}\n\"a b\" = {}\n\"../a b\" = {}"));
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 3U);
  for (const std::string& name : all) {
    EXPECT_THAT(name, testing::MatchesRegex("[A-Za-z0-9][-A-Za-z0-9_.]*"));
    EXPECT_LE(name.size(), 100U);
  }
  const auto twins = names(expand("seeds = 1\n[variants]\n\"" + std::string(200, 'x') + "\" = {}\n\"" +
                                  std::string(201, 'x') + "\" = {}"));
  EXPECT_NE(twins[0], twins[1]);
  EXPECT_LE(twins[0].size(), 100U);
}

TEST(Samples, AreDifferentSettingsOfTheGridAndTheSameEveryTime) {
  const std::string grid = "[grid]\nlatent.size = [1, 2, 3, 4, 5]\nobjective.loss = [\"hinge\", \"minimax\"]";
  const auto all = labels(expand("seeds = 1\n" + grid));
  const auto drawn = labels(expand("seeds = 1\nsamples = 6\n" + grid));
  EXPECT_EQ(std::set<std::string>(drawn.begin(), drawn.end()).size(), 6U);
  EXPECT_THAT(drawn, IsSubsetOf(all));
  EXPECT_EQ(drawn, labels(expand("seeds = 1\nsamples = 6\n" + grid)));
  EXPECT_NE(drawn, labels(expand("seeds = 1\nsamples = 6\nsample_seed = 1\n" + grid)));
  const auto more = labels(expand("seeds = 1\nsamples = 8\n" + grid));
  EXPECT_TRUE(std::equal(drawn.begin(), drawn.end(), more.begin())) << "more samples keep the first ones";
  EXPECT_THAT(labels(expand("seeds = 1\nsamples = 10\n" + grid)), testing::UnorderedElementsAreArray(all));
  EXPECT_THAT(refusal_of("samples = 11\n" + grid), HasSubstr("rates.toml: sweep.samples: found 11"));
}

TEST(Samples, OfALogarithmicRangeHaveAsManyNumbersInEachDecade) {
  const Expansion expansion = expand(
      "seeds = 1\nsamples = 300\n[grid]\n\"generator_optimizer.learning_rate\" = "
      "{ low = 1e-5, high = 1e-2, log = true }");
  int small = 0;
  for (const Setting& setting : expansion.settings) {
    const std::string& text = setting.overrides.front();
    const double rate = *base::to_number<double>(text.substr(text.find('=') + 1));
    EXPECT_GE(rate, 1e-5);
    EXPECT_LE(rate, 1e-2);
    small += rate < 1e-4 ? 1 : 0;
  }
  EXPECT_NEAR(small, 100, 30);
}

TEST(Samples, OfARangeOfWholeNumbersAreWholeAndReachBothEnds) {
  const Expansion expansion = expand("seeds = 1\nsamples = 3\n[grid]\nlatent.size = { low = 2, high = 4 }");
  EXPECT_THAT(labels(expansion), testing::UnorderedElementsAre("size=2", "size=3", "size=4"));
}

TEST(Expansion, IsRefusedWithoutSense) {
  EXPECT_THAT(refusal_of("[grid]\nlatent.size = [8, 8]"), HasSubstr("the setting size=8 twice"));
  EXPECT_THAT(refusal_of("[grid]\nlatent.size = [8]\n\"latent.size\" = [9]"), HasSubstr("latent.size"));
  EXPECT_THAT(refusal_of("[grid]\n\"latent.size, latent.size\" = [8]"), HasSubstr("latent.size twice"));
  std::string grid = "[grid]\n";
  for (int axis = 0; axis < 5; ++axis) {
    grid += "a" + std::to_string(axis) + " = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n";
  }
  EXPECT_THAT(refusal_of(grid), HasSubstr("more than 10000 runs"));
}

}  // namespace
}  // namespace ganymede::sweep
