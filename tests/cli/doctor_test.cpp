#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cli/each_recipe.h"
#include "cli/workplace.h"

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

/// Two layers each, an interval every 20 steps, a look at the samples every 500, and hardly any files.
constexpr const char* two_layers = R"(
name = "two-layers"
latent = { size = 16, distribution = "normal" }
[training]
batch_size = 16
threads = 1
precision = "f32"
seed = 3
[output]
checkpoint_every_epochs = 100
samples_every_epochs = 1000
grid_rows = 2
grid_columns = 3
[generator_optimizer]
learning_rate = 1e-3
beta1 = 0.5
[discriminator_optimizer]
learning_rate = 1e-3
beta1 = 0.5
[generator]
layers = [
  { kind = "dense", units = 64 }, { kind = "leaky_relu" }, { kind = "dense", units = 784 }, { kind = "tanh" },
  { kind = "reshape", shape = [28, 28, 1] },
]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 64 }, { kind = "leaky_relu" }, { kind = "dense", units = 1 }]
)";

/// A workplace where `steps` steps of two_layers with `settings` have been tried.
class Patient {
 public:
  Patient(int steps, const std::vector<std::string>& settings, std::vector<std::string> flags = {}) {
    std::ofstream(place_ / "two_layers.toml") << two_layers;
    flags.insert(flags.begin(), {"train", "two_layers.toml", "--data", "digits", "--out", "run", "--steps",
                                 std::to_string(steps)});
    ended_ = place_.run(with(flags, settings));
  }

  /// Goes on with other settings.
  void resume(int steps, const std::vector<std::string>& settings) {
    ended_ = place_.run(with({"train", "--resume", "run", "--steps", std::to_string(steps)}, settings));
  }

  const Workplace& place() const { return place_; }
  const Ended& ended() const { return ended_; }

  std::vector<json> lines(const std::string& event) const {
    std::vector<json> found;
    std::istringstream metrics(contents(place_ / "run/metrics.jsonl"));
    for (std::string line; std::getline(metrics, line);) {
      const json object = json::parse(line);
      if (object.value("event", "") == event) {
        found.push_back(object);
      }
    }
    return found;
  }

  /// The kinds of the verdicts that are in metrics.jsonl, in order.
  std::vector<std::string> verdicts() const {
    std::vector<std::string> kinds;
    for (const json& line : lines("verdict")) {
      kinds.push_back((line["over"] ? "not " : "") + line["kind"].get<std::string>());
    }
    return kinds;
  }

  json diagnosis() const { return json::parse(place_.run({"doctor", "run", "--json"}).output); }

 private:
  static std::vector<std::string> with(std::vector<std::string> flags,
                                       const std::vector<std::string>& settings) {
    for (const std::string& setting : settings) {
      flags.insert(flags.end(), {"--set", setting});
    }
    return flags;
  }

  Workplace place_;
  Ended ended_;
};

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
  EXPECT_EQ(told.output, "Healthy: nothing to be found in 1,000 steps\n");
  EXPECT_EQ(patient.diagnosis()["healthy"], true);
}

class DoctorOfARecipe : public testing::TestWithParam<train::EmbeddedRecipe> {};

/// Long enough for every rule on losses, where that takes seconds.
TEST_P(DoctorOfARecipe, FindsNothing) {
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
  const Patient patient(
      400, {"generator_optimizer.learning_rate=0.1", "discriminator_optimizer.learning_rate=0.1"});
  EXPECT_THAT(patient.verdicts(), Contains("explosion"));
  EXPECT_THAT(patient.ended().errors,
              HasSubstr("Lower the learning rates: --set generator_optimizer.learning_rate=0.0001"));
}

TEST(DoctorOfARun, NamesACollapseThatCameAfterAGoodBeginning) {
  Patient patient(1500, {});
  EXPECT_THAT(patient.verdicts(), IsEmpty());
  patient.resume(5000,
                 {"generator_optimizer.learning_rate=1e-2", "discriminator_optimizer.learning_rate=1e-4"});
  EXPECT_THAT(patient.verdicts(), Contains("collapse"));
  EXPECT_THAT(patient.ended().errors, HasSubstr("% of the samples repeat another one since step "));
}

TEST(DoctorOfARun, TellsAfterwardsWhatWasToldMeanwhile) {
  Patient patient(300, {"discriminator_optimizer.learning_rate=1e-9"}, {"--json"});
  ASSERT_THAT(patient.verdicts(), ElementsAre("generator_won"));
  EXPECT_THAT(patient.ended().output, HasSubstr("{\"event\": \"verdict\", \"step\": "));
  EXPECT_EQ(patient.diagnosis()["verdicts"], json(without_times(patient.lines("verdict"))));
  const Ended told = patient.place().run({"doctor", "run"});
  EXPECT_THAT(told.output, AllOf(StartsWith("step "), HasSubstr("The generator has won since step "),
                                 HasSubstr("\n                Let the discriminator learn as fast")));
}

TEST(DoctorOfARun, RemembersInAResumedRunWhatWasTold) {
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

TEST(Rollback, GoesOnFromTheLastGoodCheckpointWithLowerLearningRates) {
  const Patient patient(
      40, {"generator_optimizer.learning_rate=1e30", "discriminator_optimizer.learning_rate=1e30"},
      {"--on-divergence", "rollback"});
  EXPECT_EQ(patient.ended().status, 0) << patient.ended().errors;
  EXPECT_THAT(patient.ended().errors, HasSubstr("to step 0, with learning rates of 0.0001 for the generator "
                                                "and 0.0001 for the discriminator"));
  EXPECT_THAT(contents(patient.place() / "run/config.toml"),
              AllOf(HasSubstr("learning_rate = 0.0001"), Not(HasSubstr("1e+30"))));
  const auto rollbacks = patient.lines("rollback");
  ASSERT_EQ(rollbacks.size(), 1U);
  EXPECT_EQ(rollbacks[0]["kind"], "not_finite");
  EXPECT_EQ(rollbacks[0]["step"], 0);
}

TEST(Rollback, LeavesTheRunThatALowerLearningRateFromTheCheckpointWouldHave) {
  Patient patient(100, {});
  patient.resume(100, {});
  const std::vector<std::string> wild = {"generator_optimizer.learning_rate=1e30",
                                         "discriminator_optimizer.learning_rate=1e30"};
  const auto go_on = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"train", "--resume", "run", "--steps", "140", "--quiet"});
    EXPECT_EQ(patient.place().run(flags).status, 0);
    return contents(patient.place() / "run/checkpoints/step_00000140.safetensors");
  };
  const std::filesystem::path run = patient.place() / "run";
  std::filesystem::copy(run, patient.place() / "copy", std::filesystem::copy_options::recursive);
  const std::string rolled_back = go_on({"--on-divergence", "rollback", "--set", wild[0], "--set", wild[1]});
  std::filesystem::remove_all(run);
  std::filesystem::rename(patient.place() / "copy", run);
  const std::string calm = go_on({"--set", "generator_optimizer.learning_rate=1e-4", "--set",
                                  "discriminator_optimizer.learning_rate=1e-4"});
  EXPECT_FALSE(calm.empty());
  EXPECT_TRUE(rolled_back == calm);
}

TEST(Rollback, ActsOnAnExplosionBeforeItIsInfinite) {
  const Patient patient(
      400, {"generator_optimizer.learning_rate=0.1", "discriminator_optimizer.learning_rate=0.1"},
      {"--on-divergence", "rollback"});
  EXPECT_EQ(patient.ended().status, 0) << patient.ended().errors;
  const auto rollbacks = patient.lines("rollback");
  ASSERT_EQ(rollbacks.size(), 1U);
  EXPECT_EQ(rollbacks[0]["kind"], "explosion");
  EXPECT_THAT(patient.verdicts(), Not(Contains("explosion")));
}

TEST(Rollback, KeepsThePageThatTheRunIsWatchedOn) {
  const Patient patient(
      40, {"generator_optimizer.learning_rate=1e30", "discriminator_optimizer.learning_rate=1e30"},
      {"--on-divergence", "rollback", "--serve"});
  EXPECT_EQ(patient.ended().status, 0) << patient.ended().errors;
  EXPECT_THAT(patient.ended().errors, HasSubstr("The page: http://127.0.0.1:"));
  EXPECT_EQ(patient.lines("rollback").size(), 1U);
  EXPECT_THAT(contents(patient.place() / "run/metrics.jsonl"), HasSubstr("\"step\": 40,"));
}

TEST(Rollback, HappensThreeTimesAtMost) {
  // A schedule that makes every learning rate a million times what it says.
  const Patient patient(600, {"schedule.images=1", "schedule.learning_rate=1e6"},
                        {"--on-divergence", "rollback"});
  EXPECT_EQ(patient.ended().status, 5) << patient.ended().errors;
  EXPECT_EQ(patient.lines("rollback").size(), 3U);
  EXPECT_THAT(patient.verdicts(), ElementsAre("explosion"));
}

TEST(Rollback, IsOneOfTwoWords) {
  const Workplace place;
  const Ended ended = place.run(Workplace::train("small.toml", {"--on-divergence", "pray"}));
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors, HasSubstr("--on-divergence"));
}

}  // namespace
}  // namespace ganymede::test
