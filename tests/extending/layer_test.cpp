#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "draw/network_diagram.h"
#include "draw/network_table.h"
#include "extending/text_of.h"
#include "io/files/file.h"
#include "io/networks/c_header.h"
#include "io/networks/c_program.h"
#include "io/networks/onnx.h"
#include "io/onnx_case.h"
#include "io/temporary_directory.h"
#include "net/profile.h"
#include "net/program.h"
#include "net/toml_fields.h"
#include "train/recipe/recipe.h"

/// A layer that the library does not have, once its pair of files and its line in net/kinds.h are there.
namespace ganymede {
namespace {

using testing::HasSubstr;

const net::NetSpec network{
    .name = "generator",
    .input = {3},
    .layers = {net::Dense{.units = 8}, net::Absolute{.scale = 0.5F}, net::Reshape{{2, 2, 2}}}};
constexpr std::int64_t batch = 4;

/// A program of the network with what it is fed with.
struct Running {
  net::Weights weights{network};
  ops::Device device;
  net::Program program{network,
                       {.batch = batch, .weight_gradients = true, .input_gradient = true, .tangent = true},
                       weights,
                       device};
  std::vector<float> input;

  Running() {
    weights.initialise(5, 0);
    for (int n = 0; n < batch * 3; ++n) {
      input.push_back(std::sin(1.0F + static_cast<float>(n)));
    }
  }
  std::vector<float> answer() {
    std::ranges::copy(input, program.input().begin());
    program.forward({});
    return {program.output().begin(), program.output().end()};
  }
};

TEST(ALayer, IsReadFromRecipesAndWrittenToThem) {
  std::string text = test::text_of(GANYMEDE_SOURCE_DIR "/recipes/dense-small.toml");
  const std::string leaky = "{ kind = \"leaky_relu\", slope = 0.2 }";
  text.replace(text.find(leaky), leaky.size(), "{ kind = \"absolute\", scale = 0.25 }");
  const train::Recipe recipe = train::parse_recipe(text, "mine");
  EXPECT_EQ(recipe.generator.layers.at(1), net::LayerSpec(net::Absolute{.scale = 0.25F}));
  const std::string written = train::to_toml(recipe);
  EXPECT_THAT(written, HasSubstr("{ kind = \"absolute\", scale = 0.25 }"));
  EXPECT_EQ(train::parse_recipe(written, "again").generator.layers, recipe.generator.layers);
}

TEST(ALayer, IsAmongTheKindsThatErrorsName) {
  EXPECT_THAT(
      [] {
        train::parse_recipe(R"(name = "mine"
[generator]
layers = [{ kind = "absolut" }])",
                            "mine");
      },
      testing::Throws<base::Error>(testing::Property(&base::Error::what, HasSubstr("absolute"))));
}

TEST(ALayer, HasARowInSummariesAndANodeInDiagrams) {
  const std::vector tables = {draw::make_table(network)};
  EXPECT_THAT(draw::to_text(tables[0]), HasSubstr("absolute_1 (Absolute)"));
  EXPECT_THAT(draw::to_dot(tables, "networks"), HasSubstr("#FBDCD2\", label=<<b>absolute_1</b>"));
}

TEST(ALayer, HasItsPassesInProfiles) {
  Running running;
  running.program.time_passes(true);
  running.answer();
  std::vector<std::string> layers;
  for (const net::PassTime& time : running.program.pass_times()) {
    layers.push_back(time.layer);
  }
  EXPECT_THAT(layers, testing::Contains("absolute_1"));
}

TEST(ALayer, HasTheDerivativesOfCentralDifferences) {
  Running running;
  const std::vector<float> output = running.answer();
  std::ranges::fill(running.program.output_gradient(), 1.0F);
  running.program.backward();
  const std::vector<float> gradient(running.program.input_gradient().begin(),
                                    running.program.input_gradient().end());
  const auto sum = [&] {
    double total = 0.0;
    for (const float value : running.answer()) {
      total += static_cast<double>(value);
    }
    return total;
  };
  constexpr float step = 1e-3F;
  for (std::size_t n = 0; n < running.input.size(); ++n) {
    const float before = running.input[n];
    running.input[n] = before + step;
    const double above = sum();
    running.input[n] = before - step;
    const double below = sum();
    running.input[n] = before;
    EXPECT_NEAR((above - below) / (2.0 * static_cast<double>(step)), gradient[n], 2e-3) << n;
  }
  running.answer();
  std::ranges::fill(running.program.input_tangent(), 0.0F);
  running.program.input_tangent()[0] = 1.0F;
  running.program.tangent();
  double along = 0.0;
  for (const float value : running.program.output_tangent()) {
    along += static_cast<double>(value);
  }
  EXPECT_NEAR(along, gradient[0], 1e-5);
}

TEST(ALayer, AnswersInOnnxRuntimeAsHere) {
  const test::TemporaryDirectory directory;
  Running running;
  const std::vector<float> output = running.answer();
  io::write_file(directory / "model.onnx", io::to_onnx(network, running.weights, {}));
  test::write_onnx_case(directory.path(), network, batch, running.input, {}, output);
  const std::string model = test::text_of(directory / "model.onnx");
  EXPECT_THAT(model, HasSubstr("Abs"));
  test::expect_onnx_runtime_agrees({directory.path().string()}, {"absolute"});
}

TEST(ALayer, AnswersInCAsHere) {
  const test::TemporaryDirectory directory;
  Running running;
  const std::vector<float> output = running.answer();
  const std::string header = io::to_c_header(network, running.weights, {});
  EXPECT_THAT(header, HasSubstr("ganymede_absolute(b, 8, 0.5f);"));
  io::write_file(directory / "generator.h", header);
  const auto printed =
      io::run_c(directory.path(),
                io::c_program(std::vector<std::string>{"generator.h"},
                              io::c_call("generator", std::span(running.input).first(3), std::nullopt)),
                {"-Wall", "-Wextra", "-pedantic", "-Werror"});
  if (!printed) {
    GTEST_SKIP() << "there is no C compiler called cc";
  }
  std::istringstream lines(*printed);
  for (std::size_t n = 0; n < 8; ++n) {
    float found = NAN;
    ASSERT_TRUE(lines >> found);
    EXPECT_NEAR(found, output[n], 1e-5F) << n;
  }
}

}  // namespace
}  // namespace ganymede
