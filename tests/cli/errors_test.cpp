#include <gmock/gmock.h>

#include "cli/workplace.h"

namespace ganymede::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

void flip_a_bit(const std::filesystem::path& path) {
  std::string bytes = contents(path);
  bytes[bytes.size() / 2] ^= 4;
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Runs the program, which must fail with this status, print `words` and leave standard output empty.
void expect_failure(const Workplace& place, int status, const std::string& words,
                    std::vector<std::string> arguments) {
  const Ended ended = place.run(std::move(arguments));
  EXPECT_EQ(ended.status, status) << ended.errors;
  EXPECT_THAT(ended.errors, HasSubstr(words));
  EXPECT_THAT(ended.output, IsEmpty());
}

TEST(Errors, AWrongCommandLineEndsWithTwo) {
  const Workplace place;
  expect_failure(place, 2, "Did you mean \"train\"?", {"trian"});
  expect_failure(place, 2, "Did you mean \"--epochs\"?", {"train", "--epoch", "3"});
  expect_failure(place, 2, "Did you mean \"--batch-size\"?", {"train", "--batch", "3"});
  expect_failure(place, 2, "Did you mean \"--class\"?", {"sample", "run", "--digit", "3"});
  for (const char* flag : {"--lr", "--learning-rate"}) {
    expect_failure(place, 2, "Write --set generator_optimizer.learning_rate=", {"train", flag, "1e-3"});
  }
  expect_failure(place, 2, "unknown flag \"--lr\"", {"sample", "run", "--lr", "1e-3"});
  expect_failure(place, 2, "Did you mean \"train\"?", {"help", "trian"});
  expect_failure(place, 2, "--epochs: found \"-3\"", {"train", "--epochs", "-3"});
  expect_failure(place, 2, "--precision", {"train", "--precision", "f16"});
  expect_failure(place, 2, "one argument too many", {"train", "dense", "conv"});
  expect_failure(place, 2, "RUN is required", {"sample"});
}

TEST(Errors, AWrongRecipeEndsWithThree) {
  const Workplace place;
  expect_failure(place, 3, "Did you mean \"dense\"?", {"train", "dens"});
  expect_failure(place, 3, "Did you mean \"conv\"?", {"recipes", "convv"});
  expect_failure(place, 3, "Did you mean \"batch_size\"?",
                 Workplace::train("small.toml", {"--set", "training.batchsize=4"}));
  expect_failure(place, 3, "missing.toml", {"train", "missing.toml"});
  std::ofstream(place / "broken.toml") << "name = \n";
  expect_failure(place, 3, "broken.toml line 1", {"train", "broken.toml"});
  EXPECT_FALSE(std::filesystem::exists(place / "run"));
}

TEST(Errors, ErrorsOnNetworksNameTheLayer) {
  const Workplace place;
  const std::vector<std::string> wrong = {"--set", "generator.layers=[{kind=\"reshape\",shape=[28,28,1]}]"};
  expect_failure(place, 3, "reshape_1", Workplace::train("small.toml", wrong));
  expect_failure(place, 3, "reshape_1", {"summary", wrong[0], wrong[1], "small.toml"});
}

TEST(Errors, MissingDataEndsWithFour) {
  const Workplace place;
  expect_failure(place, 4, "nowhere: found no such file or directory", {"train", "--data", "nowhere"});
  expect_failure(place, 4, "nowhere", {"data", "nowhere"});
  EXPECT_FALSE(std::filesystem::exists(place / "runs"));
}

TEST(Errors, DivergenceEndsWithFiveAndKeepsTheLastGoodCheckpoint) {
  const Workplace place;
  const Ended ended = place.run(
      Workplace::train("small.toml", {"--set", "generator_optimizer.learning_rate=1e30", "--set",
                                      "discriminator_optimizer.learning_rate=1e30", "--epochs", "50"}));
  EXPECT_EQ(ended.status, 5) << ended.errors;
  EXPECT_THAT(ended.errors, HasSubstr("train --resume run --set generator_optimizer.learning_rate=0.0001"));
  EXPECT_EQ(place
                .run({"train", "--resume", "run", "--steps", "90", "--set",
                      "generator_optimizer.learning_rate=1e-4", "--set",
                      "discriminator_optimizer.learning_rate=1e-4"})
                .status,
            0);
}

TEST(Errors, AnUnwritablePlaceEndsWithSixAndLeavesNothing) {
  const Workplace place;
  std::ofstream(place / "file") << "";
  std::vector<std::string> arguments = Workplace::train("small.toml");
  arguments.back() = "file/run";
  expect_failure(place, 6, "file/run", arguments);
  arguments.back() = "file";
  expect_failure(place, 6, "file", arguments);
  arguments.back() = "digits";
  expect_failure(place, 6, "digits: found a directory that is not empty", arguments);
  arguments.back() = ".";
  expect_failure(place, 6, ".: found", arguments);
  EXPECT_THAT(place.names("."), testing::UnorderedElementsAre("digits", "small.toml", "file"));
}

TEST(Errors, AFullDiskEndsWithSixAndLeavesNothing) {
  const Workplace place;
  Start start = place.start(Workplace::train("small.toml"));
  start.largest_file = 20'000;
  const Ended ended = Process(start).wait();
  EXPECT_EQ(ended.status, 6) << ended.errors;
  EXPECT_THAT(ended.errors, HasSubstr("Free some space"));
  EXPECT_THAT(place.names("."), testing::UnorderedElementsAre("digits", "small.toml"));
}

TEST(Errors, AFullStandardOutputEndsWithSix) {
  const Workplace place;
  Start start = place.start({"recipes"});
  start.output = "/dev/full";
  EXPECT_EQ(Process(start).wait().status, 6);
}

TEST(Errors, ADamagedCheckpointIsReplacedByTheOneBefore) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  flip_a_bit(place / "run/checkpoints/step_00000016.safetensors");
  const Ended resumed = place.run({"train", "--resume", "run"});
  EXPECT_EQ(resumed.status, 0) << resumed.errors;
  EXPECT_THAT(resumed.errors, HasSubstr("step_00000016.safetensors.corrupt"));
  EXPECT_THAT(resumed.errors, HasSubstr("From run/checkpoints/step_00000008.safetensors"));
}

TEST(Errors, ARunWithoutAGoodCheckpointEndsWithSix) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  flip_a_bit(place / "run/checkpoints/step_00000008.safetensors");
  flip_a_bit(place / "run/checkpoints/step_00000016.safetensors");
  EXPECT_EQ(place.run({"train", "--resume", "run", "--epochs", "3"}).status, 6);
  expect_failure(place, 6, "nothing: found no such directory", {"train", "--resume", "nothing"});
}

TEST(Errors, ACheckpointOfOtherNetworksEndsWithSix) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  std::string config = contents(place / "run/config.toml");
  const std::size_t tanh = config.find("\"tanh\"");
  ASSERT_NE(tanh, std::string::npos);
  std::ofstream(place / "run/config.toml") << config.replace(tanh, 6, "\"sigmoid\"");
  expect_failure(place, 6, "a generator with other layers", {"train", "--resume", "run", "--epochs", "3"});
}

TEST(Errors, FlagsThatAreFixedForARunAreRefusedWithResume) {
  const Workplace place;
  for (const std::vector<std::string>& flag :
       std::vector<std::vector<std::string>>{{"--batch-size", "4"},
                                             {"--seed", "1"},
                                             {"--precision", "f32"},
                                             {"--out", "x"},
                                             {"dense"},
                                             {"--set", "latent.size=3"}}) {
    std::vector<std::string> arguments = {"train", "--resume", "run"};
    arguments.insert(arguments.end(), flag.begin(), flag.end());
    expect_failure(place, 2, "--resume: found", arguments);
  }
}

TEST(Errors, FilesThatAreNoGeneratorEndWithSix) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml", {"--steps", "1"})).status, 0);
  const std::string header = R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  std::ofstream(place / "foreign.safetensors", std::ios::binary)
      << static_cast<char>(header.size()) << std::string(7, '\0') << header << std::string(4, '\0');
  expect_failure(place, 6, "a safetensors file of another program", {"sample", "foreign.safetensors"});
  expect_failure(place, 6, "ganymede-checkpoint", {"sample", "run/checkpoints/step_00000001.safetensors"});
  expect_failure(place, 6, "small.toml", {"sample", "small.toml"});
  expect_failure(place, 6, "missing", {"sample", "missing"});
  flip_a_bit(place / "run/generator.safetensors");
  expect_failure(place, 6, "generator.safetensors", {"sample", "run"});
}

TEST(Errors, WhatCannotBeSampledEndsWithTwo) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml", {"--steps", "1"})).status, 0);
  const auto expect_refusal = [&](const std::string& words, std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"sample", "run"});
    expect_failure(place, 2, words, flags);
  };
  expect_refusal("--count: found \"-5\"", {"--count", "-5"});
  expect_refusal("--count: found \"0\"", {"--count", "0"});
  expect_refusal("--count", {"--count", "99999999999999999999"});
  expect_refusal("a picture of", {"--count", "1000000"});
  expect_refusal("--grid: found \"3\"", {"--grid", "3"});
  expect_refusal("--grid", {"--grid", "-1x4"});
  expect_refusal("takes no label", {"--class", "3"});
  expect_refusal(".png or .npy", {"--out", "digits.jpg"});
  expect_refusal("--seed", {"--seed", "-1"});
  EXPECT_FALSE(std::filesystem::exists(place / "samples.png"));
}

TEST(Errors, TheErrorOnAnUnknownClassListsTheKnownOnes) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("conditional", {"--steps", "1"})).status, 0);
  expect_failure(place, 2, "a number from 0 to 9", {"sample", "run", "--class", "10"});
  expect_failure(place, 2, "found \"seven\"", {"sample", "run", "--class", "seven"});
}

}  // namespace
}  // namespace ganymede::test
