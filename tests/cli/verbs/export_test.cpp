#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "artifacts/classifier_file.h"
#include "artifacts/generator_file.h"
#include "cli/workplace.h"
#include "io/answered.h"
#include "io/files/safetensors.h"
#include "io/networks/c_header.h"
#include "io/networks/channels_first.h"
#include "io/networks/onnx.h"
#include "io/official_reader.h"
#include "io/onnx_case.h"
#include "io/strict_c.h"
#include "serve/page.h"
#include "train/recipe/embedded_recipes.h"

namespace ganymede::cli {
namespace {

namespace fs = std::filesystem;
using artifacts::ClassifierNetwork;
using artifacts::find_classifier;
using artifacts::open_classifier_network;
using artifacts::write_generator;
using test::Answered;
using test::Ended;
using test::Workplace;
using testing::HasSubstr;

std::vector<train::Recipe> shipped_recipes() {
  std::vector<train::Recipe> recipes;
  for (const train::EmbeddedRecipe& recipe : train::embedded_recipes()) {
    recipes.push_back(train::parse_recipe(recipe.text, std::string(recipe.name)));
  }
  return recipes;
}

Answered answered(const train::Recipe& recipe, const net::NetSpec& spec) {
  return Answered({.name = recipe.name + " " + spec.name, .net = spec, .batch = 4});
}

/// The generator's partner: the discriminator or the encoder.
Answered answered_partner(const train::Recipe& recipe, const Answered& generator) {
  return answered(recipe, train::partner_spec(recipe, net::output_shape(generator.spec)));
}

/// Writes the recipe's generator with random weights to `path` as a run would.
Answered save_generator(const train::Recipe& recipe, const fs::path& path) {
  Answered network = answered(recipe, train::generator_spec(recipe));
  write_generator(path, {.recipe = recipe, .step = 12, .epoch = 3, .dataset = "mnist"}, network.weights);
  return network;
}

void write_case(const fs::path& directory, const Answered& network) {
  test::write_onnx_case(directory, network.spec, network.batch, network.feed.input, network.feed.labels,
                        network.output);
}

TEST(Export, TheOnnxModelsOfEveryRecipeAnswerAsHere) {
  const Workplace place;
  std::vector<std::string> names;
  std::vector<std::string> directories;
  for (const train::Recipe& recipe : shipped_recipes()) {
    const fs::path directory = place / recipe.name;
    fs::create_directories(directory / "partner");
    const Answered generator = save_generator(recipe, directory / "generator.safetensors");
    const Ended ended =
        place.run({"export", recipe.name + "/generator.safetensors", "--out", recipe.name + "/model.onnx"});
    ASSERT_EQ(ended.status, 0) << ended.errors;
    write_case(directory, generator);

    const Answered partner = answered_partner(recipe, generator);
    io::write_file(directory / "partner/model.onnx",
                   io::to_onnx(partner.spec, partner.weights, {.input = "image", .output = "answer"}));
    write_case(directory / "partner", partner);
    for (const fs::path& path : {directory, directory / "partner"}) {
      directories.push_back(path.string());
      names.push_back(fs::relative(path, place / ".").string());
    }
  }
  test::expect_onnx_runtime_agrees(directories, names);
}

TEST(Export, TheHeadersOfEveryRecipeAnswerAsHereSlow) {
  for (const train::Recipe& recipe : shipped_recipes()) {
    const Workplace place;
    const Answered generator = save_generator(recipe, place / "generator.safetensors");
    const Ended ended = place.run({"export", "generator.safetensors", "--format", "c"});
    ASSERT_EQ(ended.status, 0) << ended.errors;
    const Answered partner = answered_partner(recipe, generator);
    const std::vector<std::string> headers = {"generator.h", partner.spec.name + ".h"};
    io::write_file(place / headers.back(), io::to_c_header(partner.spec, partner.weights, {}));
    const std::string calls = test::c_call(generator) + test::c_call(partner);
    const auto output = io::run_c(place / ".", io::c_program(headers, calls), test::strict_c);
    if (!output) {
      GTEST_SKIP() << "there is no C compiler called cc";
    }
    std::istringstream lines(*output);
    for (const Answered* network : {&generator, &partner}) {
      for (std::int64_t n = 0; n < net::output_shape(network->spec).elements(); ++n) {
        float found = NAN;
        ASSERT_TRUE(lines >> found) << network->name;
        const float expected = network->output[static_cast<std::size_t>(n)];
        EXPECT_NEAR(found, expected, 1e-5F * std::max(1.0F, std::abs(expected)))
            << network->name << ", element " << n;
      }
    }
  }
}

TEST(Export, WhatGoesToPyTorchComesBackTheSame) {
  for (const train::Recipe& recipe : shipped_recipes()) {
    const Workplace place;
    save_generator(recipe, place / "generator.safetensors");
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"export", "generator.safetensors", "--format", "safetensors"},
          {"verify", "generator.pytorch.safetensors"},
          {"import", "generator.pytorch.safetensors", "--out", "again.safetensors"}}) {
      const Ended ended = place.run(arguments);
      ASSERT_EQ(ended.status, 0) << ended.errors;
    }
    EXPECT_EQ(test::contents(place / "again.safetensors"), test::contents(place / "generator.safetensors"))
        << recipe.name;
  }
}

TEST(Export, AForeignFileNeedsARecipe) {
  const Workplace place;
  const train::Recipe recipe = shipped_recipes().front();
  const Answered network = answered(recipe, train::generator_spec(recipe));
  const std::vector<io::ChannelsFirstTensor> layout = io::channels_first_layout(network.spec);
  std::vector<std::vector<float>> values;
  std::vector<io::Tensor> tensors;
  for (std::size_t n = 0; n < layout.size(); ++n) {
    const net::WeightRow& row = network.weights.table()[n];
    values.push_back(io::to_channels_first(layout[n], network.weights.values(row)));
    tensors.push_back({layout[n].name, layout[n].shape, values.back()});
  }
  io::write_safetensors(place / "foreign.safetensors", tensors, {});
  const Ended without = place.run({"import", "foreign.safetensors"});
  EXPECT_EQ(without.status, 6);
  EXPECT_THAT(without.errors, HasSubstr("--recipe"));
  const Ended with = place.run({"import", "foreign.safetensors", "--recipe", recipe.name});
  EXPECT_EQ(with.status, 0) << with.errors;
  EXPECT_EQ(place.run({"sample", "generator.safetensors"}).status, 0);
  const Ended wrong = place.run({"import", "foreign.safetensors", "--recipe", "course"});
  EXPECT_EQ(wrong.status, 6);
  EXPECT_THAT(wrong.errors, HasSubstr("do not belong together"));
}

TEST(Export, ARunGivesItsDiscriminatorAndACardAboutItsData) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  for (const std::string format : {"onnx", "c", "safetensors"}) {
    const Ended ended = place.run({"export", "run", "--discriminator", "--format", format});
    EXPECT_EQ(ended.status, 0) << ended.errors;
  }
  for (const std::string file :
       {"discriminator.onnx", "discriminator.h", "discriminator.pytorch.safetensors"}) {
    const Ended verified = place.run({"verify", file});
    EXPECT_EQ(verified.status, 0) << verified.errors;
  }
  const std::string card = test::contents(place / "discriminator.onnx.md");
  EXPECT_THAT(card, HasSubstr("discriminator of the recipe `small`"));
  EXPECT_THAT(card, HasSubstr("train-images-idx3-ubyte | `"));
  EXPECT_THAT(card, HasSubstr("batch_size = 8"));
  EXPECT_THAT(card, testing::ContainsRegex("loss_g \\| [0-9.]+ \\|  \\| 16 "));
}

TEST(Export, ASpectrallyNormalisedDiscriminatorHasTheWeightsItComputesWith) {
  const Workplace place;
  std::ofstream(place / "normalised.toml")
      << test::contents(place / "small.toml") << "spectral_norm = true\n";
  ASSERT_EQ(place.run(Workplace::train("normalised.toml")).status, 0);
  ASSERT_EQ(place.run({"export", "run", "--discriminator", "--format", "safetensors"}).status, 0);
  const auto file = io::SafetensorsFile::open(place / "discriminator.pytorch.safetensors");
  EXPECT_EQ(file.tensors().size(), 2U);
  double squares = 0.0;
  for (const float weight : file.tensor("dense_1.weight").values) {
    squares += static_cast<double>(weight) * weight;
  }
  EXPECT_NEAR(squares, 1.0, 1e-5);  // one unit's only singular value is its length
}

TEST(Export, TheClassifierAnswersInOnnxRuntimeAsHere) {
  const Workplace place;
  const std::string file = find_classifier("mnist").string();
  const Ended ended = place.run({"export", file, "--out", "model.onnx"});
  ASSERT_EQ(ended.status, 0) << ended.errors;
  ClassifierNetwork network = open_classifier_network(file);
  constexpr std::int64_t batch = 3;
  const ops::Device device;
  net::Program program(network.spec, {.batch = batch}, network.weights, device);
  float value = 0.0F;
  for (float& pixel : program.input()) {
    pixel = value;
    value = value < 1.0F ? value + 0.13F : 0.0F;
  }
  program.forward({});
  test::write_onnx_case(place / ".", network.spec, batch, program.input(), {}, program.output());
  test::expect_onnx_runtime_agrees({(place / ".").string()}, {"classifier"});
}

TEST(Export, AClassifierHasACardThatVerifyChecks) {
  const Workplace place;
  ASSERT_EQ(place.run({"export", find_classifier("mnist").string()}).status, 0);
  const std::string card = test::contents(place / "classifier.onnx.md");
  EXPECT_THAT(card, HasSubstr("tags: [image-classification]"));
  EXPECT_THAT(card, testing::ContainsRegex("99.[0-9]+% of the test images are classified correctly"));
  EXPECT_THAT(card, HasSubstr("| input | [28, 28, 1] |\n| output | [10] |"));
  const Ended verified = place.run({"verify", "classifier.onnx"});
  EXPECT_EQ(verified.status, 0) << verified.errors;
  EXPECT_THAT(verified.output, HasSubstr("as expected"));
}

TEST(Export, AClassifierIsExportedAsOnnxOnly) {
  const Workplace place;
  const Ended ended = place.run({"export", find_classifier("mnist").string(), "--format", "c"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors, HasSubstr("--format onnx"));
}

TEST(Export, TheExplorerHoldsTheModelAndNeedsThePage) {
  const Workplace place;
  const train::Recipe recipe = shipped_recipes().front();
  save_generator(recipe, place / "generator.safetensors");
  const Ended ended = place.run({"export", "generator.safetensors", "--format", "html"});
  if (serve::embedded_page().empty()) {
    EXPECT_EQ(ended.status, 3);
    EXPECT_THAT(ended.errors, HasSubstr("./ganymede page"));
    return;
  }
  ASSERT_EQ(ended.status, 0) << ended.errors;
  const std::string html = test::contents(place / "generator.html");
  EXPECT_THAT(html, HasSubstr("\"name\":\"" + recipe.name + "\""));
  EXPECT_THAT(html, HasSubstr("<script id=\"model\""));
  EXPECT_THAT(html, HasSubstr("<script id=\"runtime\""));
  EXPECT_EQ(place.run({"verify", "generator.html"}).status, 0);
  const Ended discriminator = place.run({"export", "run", "--format", "html", "--discriminator"});
  EXPECT_EQ(discriminator.status, 2);
}

TEST(Export, RefusesWhatDoesNotGoTogether) {
  const Workplace place;
  save_generator(shipped_recipes().front(), place / "generator.safetensors");
  const Ended no_run = place.run({"export", "generator.safetensors", "--discriminator"});
  EXPECT_EQ(no_run.status, 2);
  EXPECT_THAT(no_run.errors, HasSubstr("Name a run's directory"));
  const Ended bytes = place.run({"export", "generator.safetensors", "--uint8", "--format", "c"});
  EXPECT_EQ(bytes.status, 2);
  EXPECT_THAT(bytes.errors, HasSubstr("Leave --uint8 out"));
}

/// A file with its card, exported in `format`.
struct Exported {
  Workplace place;
  std::string file;

  explicit Exported(const std::string& format)
      : file(format == "onnx" ? "generator.onnx" : "generator.pytorch.safetensors") {
    save_generator(shipped_recipes().front(), place / "generator.safetensors");
    EXPECT_EQ(place.run({"export", "generator.safetensors", "--format", format}).status, 0);
  }
  Ended verify() const { return place.run({"verify", file}); }
};

TEST(Verify, FindsAChangedFile) {
  const Exported exported("onnx");
  EXPECT_EQ(exported.verify().status, 0);
  std::string bytes = test::contents(exported.place / exported.file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(exported.place / exported.file, std::ios::binary) << bytes;
  const Ended ended = exported.verify();
  EXPECT_EQ(ended.status, 6);
  EXPECT_THAT(ended.errors, HasSubstr("SHA-256"));
}

TEST(Verify, FindsAnOutputThatIsNotAsExpected) {
  for (const char* format : {"onnx", "safetensors"}) {
    const Exported exported(format);
    const Ended before = exported.verify();
    EXPECT_EQ(before.status, 0) << before.errors;
    EXPECT_THAT(before.output, HasSubstr("as expected"));
    const fs::path card = exported.place / (exported.file + ".md");
    std::string text = test::contents(card);
    text.insert(text.find("\"output\":[") + std::string("\"output\":[").size(), "0.5,");
    text.insert(text.find("\"index\":[") + std::string("\"index\":[").size(), "0,");
    std::ofstream(card) << text;
    const Ended ended = exported.verify();
    EXPECT_EQ(ended.status, 6);
    EXPECT_THAT(ended.errors, HasSubstr("from the card's"));
  }
}

TEST(Verify, OfAHeaderNamesATemporaryDirectoryThatIsNotThere) {
  const Workplace place;
  save_generator(shipped_recipes().front(), place / "generator.safetensors");
  ASSERT_EQ(place.run({"export", "generator.safetensors", "--format", "c"}).status, 0);
  test::Start start = place.start({"verify", "generator.h"});
  start.environment = {{"TMPDIR", "/nowhere/at/all"}};
  const Ended ended = test::Process(start).wait();
  EXPECT_EQ(ended.status, 6);
  EXPECT_THAT(ended.errors, HasSubstr("/nowhere/at/all"));
  EXPECT_THAT(ended.errors, HasSubstr("Set TMPDIR to"));
}

TEST(Verify, CompilesAHeaderAndComparesItsAnswers) {
  for (const train::Recipe& recipe : shipped_recipes()) {
    if (recipe.name != "dense-small" && recipe.name != "conditional") {
      continue;  // one without a label and one with
    }
    const Workplace place;
    save_generator(recipe, place / "generator.safetensors");
    ASSERT_EQ(place.run({"export", "generator.safetensors", "--format", "c"}).status, 0);
    const Ended good = place.run({"verify", "generator.h"});
    EXPECT_EQ(good.status, 0) << good.errors;
    if (good.output.find("no C compiler") != std::string::npos) {
      GTEST_SKIP() << good.output;
    }
    EXPECT_THAT(good.output, HasSubstr("compiled, its output for the card's input is as expected"));
    const fs::path card = place / "generator.h.md";
    std::string text = test::contents(card);
    text.insert(text.find("\"input\":[") + std::string("\"input\":[").size(), "9.5,");
    std::ofstream(card) << text;
    const Ended other = place.run({"verify", "generator.h"});
    EXPECT_EQ(other.status, 6);
    EXPECT_THAT(other.errors, HasSubstr("from the card's"));
  }
}

TEST(Verify, SaysWhatItDidNotCheck) {
  const Exported exported("onnx");
  EXPECT_THAT(exported.verify().output, HasSubstr("the graph itself was not run"));
  ASSERT_EQ(exported.place.run({"export", "generator.safetensors", "--format", "c"}).status, 0);
  test::Start start = exported.place.start({"verify", "generator.h"});
  start.environment = {{"PATH", "/nowhere"}};
  const Ended without = test::Process(start).wait();
  EXPECT_EQ(without.status, 0) << without.errors;
  EXPECT_THAT(without.output, HasSubstr("only the SHA-256 was compared: there is no C compiler"));
}

TEST(Verify, NeedsACard) {
  const Exported exported("onnx");
  std::ofstream(exported.place / (exported.file + ".md")) << "# a note\n";
  const Ended ended = exported.verify();
  EXPECT_EQ(ended.status, 6);
  EXPECT_THAT(ended.errors, HasSubstr("no facts to verify"));
}

}  // namespace
}  // namespace ganymede::cli
