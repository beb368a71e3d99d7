#include "session/parts.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "cli/run_under_test.h"

namespace ganymede::test {
namespace {

using testing::HasSubstr;

/// Draws random numbers in every way that there is, and has statistics of the batch.
constexpr const char* mixed = R"(
name = "mixed"
latent = { size = 5, distribution = "normal" }
[training]
threads = 1
discriminator_steps = 2
[objective]
label_flip = 0.2
[augmentation]
translation = 0.125
cutout = 0.25
noise = 0.1
[average]
half_life_images = 20
[output]
metrics_every_steps = 1
grid_rows = 2
grid_columns = 3
[generator]
layers = [{ kind = "dense", units = 30 }, { kind = "batch_norm" }, { kind = "relu" }, { kind = "dropout", rate = 0.2 },
  { kind = "dense", units = 784 }, { kind = "tanh" }, { kind = "reshape", shape = [28, 28, 1] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 21 }, { kind = "leaky_relu" }, { kind = "dropout", rate = 0.3 },
  { kind = "dense", units = 1 }]
)";

/// A discriminator with penalties of all kinds, whose layers are normalised by their spectra.
constexpr const char* penalised = R"(
name = "penalised"
latent = { size = 5, distribution = "uniform" }
[training]
threads = 1
[objective]
loss = "wasserstein"
[penalty]
r1 = 0.5
r2 = 0.25
gradient_penalty = 10.0
[output]
metrics_every_steps = 1
grid_rows = 2
grid_columns = 3
[generator]
layers = [{ kind = "dense", units = 784 }, { kind = "tanh" }, { kind = "reshape", shape = [28, 28, 1] }]
[discriminator]
spectral_norm = true
layers = [{ kind = "flatten" }, { kind = "dense", units = 20 }, { kind = "leaky_relu" }, { kind = "dense", units = 1 }]
)";

class InParts : public testing::TestWithParam<const char*> {
 protected:
  InParts() { std::ofstream(place_ / "parts.toml") << GetParam(); }

  Ended train(const std::string& out, std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"train",        "parts.toml", "--data", "digits",
                                          "--batch-size", "16",         "--out",  out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return place_.run(arguments);
  }
  std::vector<nlohmann::json> metrics(const std::string& run) const {
    return timeless(objects(contents(place_ / (run + "/metrics.jsonl"))));
  }

  Workplace place_;
};

TEST_P(InParts, LossesAreThoseOfTheWholeBatch) {
  // In bf16 a sum in another order is now and then rounded to another number.
  ASSERT_EQ(train("whole", {"--steps", "4", "--precision", "f32"}).status, 0);
  for (const char* parts : {"2", "4"}) {
    SCOPED_TRACE(parts);
    const std::string run = std::string("run") + parts;
    const Ended ended = train(run, {"--steps", "4", "--precision", "f32", "--parts", parts});
    ASSERT_EQ(ended.status, 0) << ended.errors;
    const auto expected = metrics("whole");
    const auto found = metrics(run);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t line = 0; line < found.size(); ++line) {
      for (const auto& [name, value] : expected[line].items()) {
        if (value.is_number() && std::isfinite(value.get<double>())) {
          EXPECT_NEAR(found[line].at(name).get<double>(), value.get<double>(),
                      2e-5 * (1.0 + std::abs(value.get<double>())))
              << name << " of line " << line;
        }
      }
    }
  }
}

TEST_P(InParts, ARunGoesOnAfterAStopAsIfThereHadBeenNone) {
  ASSERT_EQ(train("at-once", {"--steps", "6", "--parts", "2"}).status, 0);
  ASSERT_EQ(train("stopped", {"--steps", "3", "--parts", "2"}).status, 0);
  const Ended ended = place_.run({"train", "--resume", "stopped", "--steps", "6"});
  ASSERT_EQ(ended.status, 0) << ended.errors;
  EXPECT_THAT(ended.errors, HasSubstr("in 2 parts on 1 process"));
  const std::string name = "/checkpoints/step_00000006.safetensors";
  EXPECT_TRUE(contents(place_ / ("stopped" + name)) == contents(place_ / ("at-once" + name)));
}

INSTANTIATE_TEST_SUITE_P(Recipes, InParts, testing::Values(mixed, penalised));

TEST(Parts, ThatDoNotDivideTheBatchAreRefused) {
  const Workplace place;
  const Ended ended = place.run(Workplace::train("small.toml", {"--parts", "3"}));
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.errors,
              HasSubstr("training.parts: found 3 parts of a batch of 8, expected batches that are a "
                        "multiple of 3. Give --batch-size 9, or other --parts."));
}

TEST(Parts, OfARunAreFixed) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  const Ended ended = place.run({"train", "--resume", "run", "--parts", "2"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors, HasSubstr("This is fixed for a run"));
}

}  // namespace
}  // namespace ganymede::test
