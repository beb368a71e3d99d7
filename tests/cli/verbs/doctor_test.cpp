#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "cli/each_recipe.h"
#include "cli/patient.h"

namespace ganymede::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// The verdicts as files have them, without what depends on the clock.
std::vector<json> without_times(std::vector<json> lines) {
  for (json& line : lines) {
    line.erase("event");
    line.erase("epoch");
    line.erase("time");
  }
  return lines;
}

TEST(DoctorOfARun, FindsNothingInAHealthyOne) {
  const Patient patient(1000, {});
  EXPECT_EQ(patient.ended().status, 0);
  EXPECT_THAT(patient.verdicts(), IsEmpty());
  const Ended told = patient.place().run({"doctor", "run"});
  EXPECT_EQ(told.status, 0);
  EXPECT_EQ(told.output, "Healthy: no problems in 1,000 steps\n");
  EXPECT_EQ(patient.diagnosis()["healthy"], true);
}

class DoctorOfARecipe : public testing::TestWithParam<train::EmbeddedRecipe> {};

/// Long enough for every rule on losses, where that takes seconds.
TEST_P(DoctorOfARecipe, FindsNothingSlow) {
  const std::string name(GetParam().name);
  const bool heavy = name == "r3gan" || name == "wgan-gp" || name == "stacked";
  const Workplace place;
  const Ended ended = place.run({"train", name, "--batch-size", "16", "--steps", heavy ? "40" : "220",
                                 "--threads", "1", "--out", "run"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.errors, Not(HasSubstr("warning")));
  EXPECT_THAT(place.run({"doctor", "run"}).output, StartsWith("Healthy"));
}

INSTANTIATE_TEST_SUITE_P(Shipped, DoctorOfARecipe, each_recipe(), name_of_case);

TEST(DoctorOfARun, NamesAFrozenDiscriminator) {
  const Patient patient(400, {"discriminator_optimizer.learning_rate=1e-9"});
  EXPECT_THAT(patient.verdicts(), ElementsAre("generator_won"));
  EXPECT_THAT(patient.ended().errors, AllOf(HasSubstr("warning: The generator has won since step"),
                                            HasSubstr("--set discriminator_optimizer.learning_rate=0.001")));
}

TEST(DoctorOfARun, NamesAFrozenGenerator) {
  const Patient patient(400, {"generator_optimizer.learning_rate=1e-9"});
  EXPECT_THAT(patient.verdicts(), ElementsAre("discriminator_won"));
  EXPECT_THAT(patient.ended().errors, HasSubstr("--set generator_optimizer.learning_rate=0.001"));
}

TEST(DoctorOfARun, NamesAGeneratorThatIsSaturated) {
  const Patient patient(400, {"generator_optimizer.learning_rate=1000", "penalty.r1=10"});
  EXPECT_THAT(patient.verdicts(), Contains("standstill"));
  EXPECT_THAT(patient.ended().errors, AllOf(HasSubstr("warning: The generator has stood still since step"),
                                            HasSubstr("--set generator_optimizer.learning_rate=0.001")));
}

TEST(DoctorOfARun, NamesALearningRateThatIsTooHigh) {
  Patient patient(60, {});
  patient.resume(120, exploding);
  EXPECT_THAT(patient.verdicts(), Contains("explosion"));
  EXPECT_THAT(patient.ended().errors,
              HasSubstr("Lower the learning rates: --set generator_optimizer.learning_rate=0.0001"));
}

TEST(DoctorOfARun, NamesACollapseThatCameAfterAGoodBeginning) {
  Patient patient(1500, {});
  EXPECT_THAT(patient.verdicts(), IsEmpty());
  patient.resume(6000,
                 {"generator_optimizer.learning_rate=3e-2", "discriminator_optimizer.learning_rate=1e-4"});
  EXPECT_THAT(patient.verdicts(), Contains("collapse"));
  EXPECT_THAT(patient.ended().errors, HasSubstr("% of the samples repeat another one since step "));
}

TEST(DoctorOfARun, RepeatsTheFindingsAfterTheRun) {
  Patient patient(300, {"discriminator_optimizer.learning_rate=1e-9"}, {"--json"});
  ASSERT_THAT(patient.verdicts(), ElementsAre("generator_won"));
  EXPECT_THAT(patient.ended().output, HasSubstr("{\"event\": \"verdict\", \"step\": "));
  EXPECT_EQ(patient.diagnosis()["verdicts"], json(without_times(patient.lines("verdict"))));
  const Ended told = patient.place().run({"doctor", "run"});
  EXPECT_THAT(told.output, AllOf(StartsWith("step "), HasSubstr("The generator has won since step "),
                                 HasSubstr("\n                Let the discriminator learn as fast")));
}

TEST(DoctorOfARun, KeepsItsFindingsInAResumedRun) {
  Patient patient(300, {"discriminator_optimizer.learning_rate=1e-9"});
  patient.resume(500, {});
  EXPECT_THAT(patient.verdicts(), ElementsAre("generator_won"));
  EXPECT_THAT(patient.ended().errors, Not(HasSubstr("has won")));
}

TEST(DoctorOfARun, NamesALossThatIsNotFinite) {
  const Patient patient(
      100, {"generator_optimizer.learning_rate=1e30", "discriminator_optimizer.learning_rate=1e30"});
  EXPECT_EQ(patient.ended().status, 5);
  EXPECT_THAT(patient.verdicts(), ElementsAre("not_finite"));
  EXPECT_EQ(patient.diagnosis()["verdicts"][0]["kind"], "not_finite");
}

TEST(DoctorOfARun, NeedsARun) {
  const Workplace place;
  EXPECT_EQ(place.run({"doctor", "nowhere"}).status, 6);
  EXPECT_EQ(place.run({"doctor", "--json"}).status, 2);
}

}  // namespace
}  // namespace ganymede::test
