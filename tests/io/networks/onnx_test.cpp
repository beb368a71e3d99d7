#include "io/networks/onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/answered.h"
#include "io/mutation.h"
#include "io/official_reader.h"
#include "io/onnx_case.h"
#include "io/temporary_directory.h"

namespace ganymede::io {
namespace {

using testing::HasSubstr;

/// Writes the model and what it should answer; returns the directory.
std::string write_case(const std::filesystem::path& parent, const test::Answered& network,
                       const OnnxOptions& options) {
  std::filesystem::path directory = parent / network.name;
  std::filesystem::create_directories(directory);
  write_file(directory / "model.onnx", to_onnx(network.spec, network.weights, options));
  test::write_onnx_case(directory, network.spec, network.batch, network.feed.input, network.feed.labels,
                        network.output);
  return directory.string();
}

TEST(Onnx, EveryLayerAnswersInOnnxRuntimeAsHere) {
  const test::TemporaryDirectory directory;
  std::vector<std::string> names;
  std::vector<std::string> refused;
  std::vector<std::string> directories;
  for (const test::Answered& network : test::answered_networks()) {
    try {
      directories.push_back(write_case(directory.path(), network, {}));
      names.push_back(network.name);
    } catch (const base::Error&) {
      refused.push_back(network.name);
    }
  }
  // An input that becomes an image, and an image that becomes the output, without a layer that could reorder.
  EXPECT_THAT(refused, testing::ElementsAre("reshape", "flatten"));
  test::expect_onnx_runtime_agrees(directories, names);
}

TEST(Onnx, BytesAreThoseOfThePictures) {
  const test::TemporaryDirectory directory;
  const test::Answered grey(
      {.name = "grey",
       .net = {.name = "generator",
               .input = {5},
               .layers = {net::Dense{48}, net::Activation{ops::Function::tanh}, net::Reshape{{6, 8, 1}}}},
       .batch = 64});
  const test::Answered colour(
      {.name = "colour",
       .net = {.name = "generator",
               .input = {5},
               .layers = {net::Dense{48}, net::Reshape{{4, 4, 3}}, net::Activation{ops::Function::tanh}}},
       .batch = 64});
  // A range that some values lie beyond, which become black and white.
  const OnnxOptions options = {.bytes = ByteRange{-0.5F, 0.75F}};
  const auto printed =
      test::run_python("check_onnx.py", {"bytes", "-0.5", "0.75", write_case(directory.path(), grey, options),
                                         write_case(directory.path(), colour, options)});
  if (!printed) {
    GTEST_SKIP() << test::no_python;
  }
  std::istringstream lines(*printed);
  for (const char* name : {"grey", "colour"}) {
    double largest = 256.0;
    double share = 1.0;
    ASSERT_TRUE(lines >> largest >> share) << name;
    EXPECT_LE(largest, 1.0) << name;  // a value in the middle of two bytes may go either way,
    EXPECT_LE(share, 1e-3) << name;   // which is rare
  }
}

TEST(Onnx, NamesWhatItTakesAndGives) {
  const test::TemporaryDirectory directory;
  const test::Answered network(
      {.name = "conditional",
       .net = {.name = "generator",
               .input = {5},
               .layers = {net::JoinLabel{3}, net::Dense{24}, net::Reshape{{4, 3, 2}}}}});
  write_case(directory.path(), network, {.metadata = {{"recipe", "mine"}, {"steps", "12"}}});
  const auto printed =
      test::run_python("check_onnx.py", {"describe", (directory / "conditional/model.onnx").string()});
  if (!printed) {
    GTEST_SKIP() << test::no_python;
  }
  EXPECT_EQ(*printed,
            "input latent FLOAT ['batch', 5]\n"
            "input label INT64 ['batch']\n"
            "output image FLOAT ['batch', 2, 4, 3]\n"
            "recipe = mine\n"
            "steps = 12\n");
}

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

TEST(Onnx, ReadsWhatItWrites) {
  const net::NetSpec spec{.name = "generator", .input = {2}, .layers = {net::Dense{3}}};
  const net::Weights weights = net::random_weights(spec);
  const OnnxContents read =
      parse_onnx(bytes_of(to_onnx(spec, weights, {.metadata = {{"step", "12"}}})), "model");
  EXPECT_EQ(read.network, "generator");
  EXPECT_EQ(read.input, (base::Shape{2}));
  EXPECT_EQ(read.metadata, (Metadata{{"step", "12"}}));
  ASSERT_EQ(read.tensors.size(), 2U);
  EXPECT_THAT(read.tensors.at("dense_1.weight"),
              testing::ElementsAreArray(weights.values(weights.table()[0])));
  EXPECT_THAT(read.tensors.at("dense_1.bias"), testing::ElementsAreArray(weights.values(weights.table()[1])));
}

TEST(Onnx, ReadsTheShapeOfAnImageWithTheChannelsLast) {
  const net::NetSpec spec{
      .name = "classifier", .input = {4, 6, 3}, .layers = {net::Flatten{}, net::Dense{2}}};
  const OnnxContents read = parse_onnx(bytes_of(to_onnx(spec, net::Weights(spec), {})), "model");
  EXPECT_EQ(read.input, spec.input);
}

TEST(Onnx, SurvivesDamage) {
  const net::NetSpec spec{.name = "generator", .input = {2}, .layers = {net::Dense{3}, net::JoinLabel{2}}};
  test::expect_damage_is_harmless(bytes_of(to_onnx(spec, net::Weights(spec), {.metadata = {{"step", "12"}}})),
                                  [](const std::vector<std::byte>& bytes) {
                                    EXPECT_LE(parse_onnx(bytes, "damaged").tensors.size(), 4U);
                                  });
}

TEST(Onnx, RefusesWhatNoWeightsCanReorder) {
  const net::NetSpec spec{.name = "generator", .input = {12}, .layers = {net::Reshape{{2, 3, 2}}}};
  try {
    to_onnx(spec, net::Weights(spec), {});
    FAIL() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::configuration);
    EXPECT_THAT(error.what(), HasSubstr("reshape_1"));
    EXPECT_THAT(error.what(), HasSubstr("Put a dense layer between"));
  }
}

}  // namespace
}  // namespace ganymede::io
