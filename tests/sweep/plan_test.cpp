#include "sweep/plan.h"

#include <gmock/gmock.h>

#include <string>

#include "base/error.h"
#include "sweep/sweep_place.h"

namespace ganymede::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal_of(const SweepPlace& place, const std::string& rest) {
  try {
    place.plan(rest);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Plan, HasTheRecipeOfEverySettingAndTheLengthOfItsRuns) {
  const SweepPlace place;
  const sweep::Plan plan = place.plan("seeds = [3]\nepochs = 5\n[grid]\nlatent.size = [4, 6]");
  ASSERT_EQ(plan.candidates.size(), 2U);
  EXPECT_EQ(plan.candidates[1].recipe.latent.size, 6);
  EXPECT_EQ(plan.candidates[1].total_steps, 20);
  EXPECT_EQ(plan.candidates[0].dataset, plan.candidates[1].dataset) << "opened once";
  EXPECT_EQ(plan.recipe(plan.runs[0]).training.seed, 3);
  EXPECT_EQ(plan.recipe(plan.runs[0]).training.threads, 1);
  EXPECT_EQ(plan.candidates[0].recipe.output.eval_every_epochs, 5) << "scored at the end";
  EXPECT_EQ(place.plan("steps = 7").candidates[0].total_steps, 7);
}

TEST(Plan, RanksByTheUsualScoreOrTheOneThatIsAskedFor) {
  const SweepPlace place;
  const auto usual = place.plan("seeds = 1").columns;
  ASSERT_EQ(usual.size(), 3U);
  EXPECT_EQ(usual[0].key, "frechet_distance");
  const auto own = place.plan("rank_by = \"recall\"\ncolumns = [\"recall\", \"density\"]").columns;
  ASSERT_EQ(own.size(), 2U);
  EXPECT_EQ(own[0].key, "recall");
  EXPECT_EQ(own[1].key, "density");
}

TEST(Plan, RefusesASettingBeforeAnyRunBegins) {
  const SweepPlace place;
  EXPECT_THAT(refusal_of(place, "[grid]\nobjective.loss = [\"hinge\", \"hing\"]"),
              AllOf(HasSubstr("sweep.toml: loss=hing: "), HasSubstr("Did you mean \"hinge\"?")));
  EXPECT_THAT(refusal_of(place, "[set]\nobjective.los = 1"), HasSubstr("Did you mean \"loss\"?"));
  EXPECT_THAT(refusal_of(place, "[grid]\ngenerator.layers.0.units = [64, 65]"),
              HasSubstr("sweep.toml: units=65: "));
  EXPECT_THAT(refusal_of(place, "rank_by = \"recal\""),
              AllOf(HasSubstr("sweep.toml: sweep.rank_by"), HasSubstr("Did you mean \"recall\"?")));
  EXPECT_THAT(refusal_of(place, "columns = [\"fid\"]"), HasSubstr("sweep.columns"));
  EXPECT_THAT(refusal_of(place, "rank_by = \"near_copies\""), HasSubstr("a better direction"));
  EXPECT_TRUE(place.names("runs").empty());
}

}  // namespace
}  // namespace ganymede::test
