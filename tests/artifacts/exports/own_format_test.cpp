#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "artifacts/exports/export.h"
#include "base/error.h"
#include "base/sha256.h"
#include "io/files/npy.h"
#include "io/temporary_directory.h"
#include "net/experiment.h"
#include "train/recipe/embedded_recipes.h"

/// A format of exports that the library does not have is a value of ExportFormat: a writer, and a reader for
/// `ganymede verify`. A row of export_formats() gives it to the program.
namespace ganymede::artifacts {
namespace {

namespace fs = std::filesystem;

/// All weights one behind the other, for numpy.load().
void write(const fs::path& path, const SavedNetwork& network, const ExportOptions&) {
  std::vector<float> all;
  for (const net::WeightRow& row : network.weights.table()) {
    std::ranges::copy(network.weights.values(row), std::back_inserter(all));
  }
  io::write_npy(path, all, {std::ssize(all)});
}

std::string verify(const fs::path& path, const CardFacts& facts) {
  const std::vector<float> values = io::read_npy(path).values;
  if (const std::string sha256 = base::sha256(std::as_bytes(std::span(values)));
      sha256 != facts.weights_sha256) {
    refuse_export(path, "weights of SHA-256 " + sha256, facts.weights_sha256);
  }
  return "its numbers are the network's weights";
}

const ExportFormat own_format{
    .name = "npy", .extension = ".npy", .discriminators = true, .write = write, .verify = verify};

/// A generator's file with random weights.
void save_generator(const fs::path& path) {
  const auto recipes = train::embedded_recipes();
  const auto text = std::ranges::find(recipes, "dense-small", &train::EmbeddedRecipe::name)->text;
  const train::Recipe recipe = train::parse_recipe(text, "dense-small");
  net::Weights weights = net::random_weights(train::generator_spec(recipe));
  write_generator(path, {.recipe = recipe, .step = 12, .epoch = 3, .dataset = "mnist"}, weights);
}

TEST(OwnFormat, IsWrittenWithItsModelCardAndVerified) {
  const test::TemporaryDirectory directory;
  save_generator(directory / "generator.safetensors");
  const fs::path file = directory / "weights.npy";
  const Exported exported = export_network(directory / "generator.safetensors", own_format, {.out = file});
  EXPECT_EQ(exported.path, file);
  EXPECT_TRUE(fs::exists(directory / "weights.npy.md"));
  std::vector<ExportFormat> formats = export_formats();
  formats.push_back(own_format);
  EXPECT_THAT(verify_export(file, formats), testing::ElementsAre("the SHA-256 is that of its model card",
                                                                 "its numbers are the network's weights"));
}

TEST(OwnFormat, IsUnknownToProgramsThatDoNotListIt) {
  const test::TemporaryDirectory directory;
  save_generator(directory / "generator.safetensors");
  const fs::path file = directory / "weights.npy";
  export_network(directory / "generator.safetensors", own_format, {.out = file});
  EXPECT_THAT([&] { verify_export(file, export_formats()); },
              testing::Throws<base::Error>(testing::Property(
                  &base::Error::what, testing::HasSubstr("the format \"npy\" in its model card"))));
}

}  // namespace
}  // namespace ganymede::artifacts
