#include "train/recipe/fit.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/fixtures.h"

namespace ganymede::train {
namespace {

using testing::HasSubstr;

const std::string_view head = R"(
name = "mine"
[maps]
halve_to = 8
)";
const std::string_view discriminator = R"(
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 1 }]
)";

/// A recipe with such a generator.
Recipe with_generator(const std::string& layers, const DataShape& data) {
  return parse_recipe(fmt::format("{}[generator]\nlayers = [{}]\n{}", head, layers, discriminator), "mine",
                      {}, data);
}

std::string message_of(const std::string& layers, const DataShape& data = {}) {
  try {
    with_generator(layers, data);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

std::vector<std::string> kinds_of(const Recipe& recipe) {
  std::vector<std::string> kinds;
  for (const net::LayerSpec& layer : recipe.generator.layers) {
    kinds.emplace_back(net::kind_name(layer));
  }
  return kinds;
}

Recipe shipped_for(std::string_view name, const DataShape& data) {
  for (const EmbeddedRecipe& recipe : embedded_recipes()) {
    if (recipe.name == name) {
      return parse_recipe(recipe.text, std::string(name), {}, data);
    }
  }
  throw std::invalid_argument("no such recipe");
}

TEST(Fit, GivesLayersTheSizesOfTheImages) {
  const Recipe recipe = with_generator(
      R"({ kind = "dense", units = "map_height * map_width * 2" }, { kind = "reshape", shape = ["height", 3, "channels"] })",
      {.image = {32, 16, 3}});
  EXPECT_EQ(std::get<net::Dense>(recipe.generator.layers[0]).units, 8 * 4 * 2);
  EXPECT_EQ(std::get<net::Reshape>(recipe.generator.layers[1]).shape, (base::Shape{32, 3, 3}));
}

TEST(Fit, RepeatsLayersForEachHalving) {
  const std::string layers =
      R"({ repeat = "halvings", layers = [{ kind = "upsample" }, { kind = "relu" }] })";
  EXPECT_EQ(kinds_of(with_generator(layers, {.image = {8, 8, 1}})),
            (std::vector<std::string>{"upsample", "relu"}));  // at least once
  EXPECT_EQ(kinds_of(with_generator(layers, {.image = {16, 8, 1}})),
            (std::vector<std::string>{"upsample", "relu"}));
  EXPECT_EQ(kinds_of(with_generator(layers, {.image = {64, 64, 1}})).size(), 6);
}

TEST(Fit, BeginsWithSmallerMapsWhereTheSidesAreEven) {
  const auto begins = [](const std::string& maps, const base::Shape& image) {
    const std::string layers =
        R"({ kind = "reshape", shape = ["begin_height", "begin_width", "doublings"] })";
    const Recipe recipe =
        parse_recipe(fmt::format("name = \"mine\"\n[maps]\n{}\n[generator]\nlayers = [{}]\n{}", maps, layers,
                                 discriminator),
                     "mine", {}, {.image = image});
    return std::get<net::Reshape>(recipe.generator.layers[0]).shape;
  };
  const std::string maps = "halve_to = 15\nbegin_at = 8";
  EXPECT_EQ(begins(maps, {28, 28, 1}), (base::Shape{7, 7, 2}));
  EXPECT_EQ(begins(maps, {26, 26, 1}), (base::Shape{13, 13, 1}));
  EXPECT_EQ(begins(maps, {32, 32, 1}), (base::Shape{8, 8, 2}));
  EXPECT_EQ(begins(maps, {28, 26, 1}), (base::Shape{14, 13, 1}));
  EXPECT_EQ(begins("halve_to = 15", {28, 28, 1}), (base::Shape{14, 14, 1}));
}

TEST(Fit, LeavesOutLayersOfLabelsWhereThereAreNone) {
  const std::string layers =
      R"({ kind = "join_label", classes = "classes", when = "labels" }, { kind = "relu" })";
  EXPECT_EQ(kinds_of(with_generator(layers, {.classes = 3})),
            (std::vector<std::string>{"join_label", "relu"}));
  EXPECT_EQ(kinds_of(with_generator(layers, {.classes = 1})), std::vector<std::string>{"relu"});
  EXPECT_EQ(kinds_of(with_generator(layers, {.classes = 0})), std::vector<std::string>{"relu"});
}

TEST(Fit, TrainsForMoreEpochsWhereThereAreFewerImages) {
  EXPECT_EQ(shipped_for("best", {}).training.epochs, 13);
  const Recipe few = shipped_for("best", {.images = 1000});
  EXPECT_EQ(few.training.epochs, 780);
  EXPECT_EQ(few.output.samples_every_epochs, 60);
}

TEST(Fit, RefusesSidesThatCannotBeHalved) {
  EXPECT_THAT(message_of(R"({ kind = "relu" })", {.image = {30, 30, 1}}),
              HasSubstr("images of 30x30 pixels, whose sides cannot be halved 2 times"));
}

TEST(Fit, RefusesRepeatsWithoutEnd) {
  EXPECT_THAT(message_of(R"({ repeat = 1000, layers = [{ kind = "relu" }] })"), HasSubstr("1000 copies"));
  EXPECT_THAT(message_of(R"({ repeat = "0 - halvings", layers = [{ kind = "relu" }] })"),
              HasSubstr("-2 copies"));
  EXPECT_THAT(message_of(R"({ repeat = 2, layers = [{ repeat = 2, layers = [] }] })"),
              HasSubstr("without a further repeat"));
  EXPECT_THAT(message_of(R"({ repeat = 2 })"), HasSubstr("and no other key"));
  EXPECT_THAT(message_of(R"({ repeat = true, layers = [] })"), HasSubstr("a whole number, or an expression"));
}

/// What every shipped recipe but the one for stacked digits takes.
TEST(ShippedRecipes, FitImagesOfManySizesWithAndWithoutColourAndLabels) {
  for (const EmbeddedRecipe& shipped : embedded_recipes()) {
    const bool needs_labels = shipped.name.starts_with("conditional");
    if (shipped.name == "stacked") {
      continue;
    }
    for (const std::int64_t size : {8, 16, 20, 28, 32, 48, 64}) {
      for (const std::int64_t channels : {1, 3}) {
        for (const std::int64_t classes : {0, 2, 10, 1000}) {
          const DataShape data{.image = {size, size, channels}, .classes = classes, .images = 5000};
          if (classes > 0 || !needs_labels) {
            const Recipe recipe = shipped_for(shipped.name, data);
            EXPECT_NO_THROW(check_networks(recipe, data.image, classes))
                << shipped.name << " " << data.image.to_string() << " " << classes;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace ganymede::train
