// A run of a VAE does what a run of a GAN does.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

#include "cli/workplace.h"
#include "io/official_reader.h"
#include "serve/page.h"

namespace ganymede::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* recipe = R"(
name = "small-vae"
model = "vae"
latent = { size = 4, distribution = "normal" }
pixel_range = { low = 0.0, high = 1.0 }
[training]
epochs = 2
threads = 1
[output]
metrics_every_steps = 4
grid_rows = 2
grid_columns = 3
[generator]
layers = [{ kind = "dense", units = 784 }, { kind = "reshape", shape = [28, 28, 1] }, { kind = "sigmoid" }]
[encoder]
layers = [{ kind = "flatten" }, { kind = "dense", units = 8 }]
)";

/// A workplace with a run that was profiled and scored.
class SmallVae : public testing::Test {
 protected:
  struct Trained {
    Workplace place;
    Ended ended;

    Trained() {
      std::ofstream(place / "vae.toml") << recipe;
      EXPECT_EQ(place
                    .run({"classifier", "train", "--data", "digits", "--epochs", "1", "--batch-size", "16",
                          "--threads", "1", "--out", "digits.safetensors"})
                    .status,
                0);
      ended = place.run(Workplace::train(
          "vae.toml", {"--profile", "--eval-every", "1", "--classifier", "digits.safetensors"}));
      EXPECT_EQ(ended.status, 0) << ended.errors;
    }
  };
  static const Trained& trained() {
    static const Trained once;
    return once;
  }
  static const Workplace& place() { return trained().place; }
};

TEST_F(SmallVae, SaysItsLossesAndScores) {
  EXPECT_THAT(trained().ended.errors,
              testing::ContainsRegex("epoch 2/2  step 16/16 .* loss [0-9.]+  reconstruction [0-9.]+  KL "));
  EXPECT_THAT(trained().ended.output,
              AllOf(HasSubstr("encoder dense_1, backward weights"), HasSubstr("encoder adam, update")));
  std::istringstream lines(contents(place() / "run/metrics.jsonl"));
  int measured = 0;
  int scored = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);
    if (object.contains("loss")) {
      EXPECT_NEAR(object["loss"].get<double>(),
                  object["loss_reconstruction"].get<double>() + object["loss_kl"].get<double>(), 1e-3);
      EXPECT_FALSE(object.contains("loss_g"));
      ++measured;
    }
    scored += object.contains("frechet_distance") ? 1 : 0;
  }
  EXPECT_EQ(measured, 4);
  EXPECT_EQ(scored, 2);
}

TEST_F(SmallVae, ItsDirectoryHasEverything) {
  EXPECT_THAT(place().names("run"),
              testing::IsSupersetOf({"config.toml", "metrics.jsonl", "samples.gif", "losses.png",
                                     "losses.tsv", "scores.png", "generator.safetensors"}));
  EXPECT_THAT(place().names("run/checkpoints"),
              testing::IsSupersetOf({"step_00000016.safetensors", "best.safetensors"}));
  EXPECT_THAT(contents(place() / "run/losses.tsv"),
              testing::StartsWith("step\tepoch\tloss\tloss_reconstruction\tloss_kl\n4\t1\t"));
  EXPECT_THAT(contents(place() / "run/config.toml"),
              AllOf(HasSubstr("[encoder_optimizer]"), Not(HasSubstr("discriminator"))));
}

TEST_F(SmallVae, TensorBoardReadsItsEvents) {
  const auto printed = run_python("check_tensorboard.py", {(place() / "run").string()});
  if (!printed) {
    GTEST_SKIP() << no_python;
  }
  EXPECT_THAT(*printed,
              AllOf(HasSubstr("scalar loss_kl 4:"), HasSubstr("histogram encoder/dense_1.weight 16 "),
                    HasSubstr("histogram generator_gradients/dense_1.bias 16 ")));
}

TEST_F(SmallVae, IsSampledScoredAndDrawnAgain) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"sample", "run", "--out", "new.png"},
        {"eval", "run", "--classifier", "digits.safetensors", "--resamples", "10", "--count", "40"},
        {"plot", "run"}}) {
    const Ended ended = place().run(arguments);
    EXPECT_EQ(ended.status, 0) << arguments.front() << ": " << ended.errors;
  }
}

TEST_F(SmallVae, IsExportedInEveryFormatAndVerified) {
  std::vector<std::pair<std::string, std::string>> formats = {
      {"onnx", "generator.onnx"}, {"c", "generator.h"}, {"safetensors", "generator.pytorch.safetensors"}};
  if (!serve::embedded_page().empty()) {
    formats.emplace_back("html", "generator.html");
  }
  for (const auto& [format, file] : formats) {
    const Ended ended = place().run({"export", "run", "--format", format});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_EQ(place().run({"verify", file}).status, 0) << file;
    EXPECT_THAT(contents(place() / (file + ".md")), HasSubstr("tags: [vae, image-generation]"));
  }
  const Ended discriminator = place().run({"export", "run", "--discriminator"});
  EXPECT_EQ(discriminator.status, 2);
  EXPECT_THAT(discriminator.errors, HasSubstr("a run of a VAE, which has none"));
}

TEST_F(SmallVae, SumsUpTheAutoencoder) {
  const Ended ended = place().run({"summary", "vae.toml", "--plot", "networks.dot"});
  EXPECT_EQ(ended.status, 0) << ended.errors;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("Model: \"encoder\""), HasSubstr("Model: \"autoencoder\""),
                                  HasSubstr("latent (Sampling)")));
  EXPECT_THAT(contents(place() / "networks.dot"), HasSubstr("<b>autoencoder</b>"));
}

TEST_F(SmallVae, ResumesWithAnotherRateOfItsEncoder) {
  const Workplace other;
  std::ofstream(other / "vae.toml") << recipe;
  ASSERT_EQ(other.run(Workplace::train("vae.toml")).status, 0);
  const Ended resumed = other.run(
      {"train", "--resume", "run", "--epochs", "3", "--set", "encoder_optimizer.learning_rate=1e-5"});
  EXPECT_EQ(resumed.status, 0) << resumed.errors;
  EXPECT_THAT(resumed.errors, HasSubstr("epoch 3/3  step 24/24"));
}

TEST(Vae, ThatDivergesSaysWhichRatesToLower) {
  const Workplace place;
  std::ofstream(place / "vae.toml") << recipe;
  const Ended ended =
      place.run(Workplace::train("vae.toml", {"--set", "generator_optimizer.learning_rate=1e30", "--set",
                                              "encoder_optimizer.learning_rate=1e30", "--epochs", "50"}));
  EXPECT_EQ(ended.status, 5);
  EXPECT_THAT(ended.errors, HasSubstr("--set encoder_optimizer.learning_rate=0.0001"));
}

}  // namespace
}  // namespace ganymede::test
