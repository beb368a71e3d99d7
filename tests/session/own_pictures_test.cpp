#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "artifacts/generator_file.h"
#include "io/pictures/png.h"
#include "io/temporary_directory.h"
#include "session/session.h"

namespace ganymede::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// Pictures in a colour of its own for each folder.
class OwnPictures : public testing::Test {
 protected:
  void add(const std::string& folder, int size, std::uint8_t red, int count = 30) const {
    std::filesystem::create_directories(place_ / "pictures" / folder);
    for (int n = 0; n < count; ++n) {
      io::Image image{.height = size, .width = size, .channels = 3, .pixels = {}};
      for (int pixel = 0; pixel < size * size; ++pixel) {
        image.pixels.insert(image.pixels.end(), {red, static_cast<std::uint8_t>(n), 7});
      }
      io::write_png(place_ / "pictures" / folder / (std::to_string(n) + ".png"), image);
    }
  }

  session::Start prepare(const std::string& recipe, std::vector<std::string> overrides = {}) const {
    overrides.insert(overrides.end(), {"data=" + (place_ / "pictures").string(), "training.batch_size=16",
                                       "training.precision=f32"});
    session::Start start = session::prepare(recipe, overrides, {});
    start.out = place_ / "run";
    start.settings.steps = 2;
    return start;
  }

  std::string refusal_of(const std::string& recipe) const {
    try {
      session::Session(prepare(recipe), session::Observer{});
    } catch (const base::Error& error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryDirectory place_;
};

TEST_F(OwnPictures, AreLearntInTheirSizeColourAndClasses) {
  add("cross", 16, 200);
  add("Kreis", 16, 90);
  session::Session(prepare("best"), session::Observer{}).run({});
  const artifacts::SavedGenerator generator = artifacts::open_generator(place_ / "run");
  EXPECT_EQ(net::output_shape(generator.spec), (base::Shape{16, 16, 3}));
  EXPECT_EQ(net::label_classes(generator.spec), 2);
  EXPECT_THAT(generator.info.class_names, ElementsAre("Kreis", "cross"));
}

TEST_F(OwnPictures, AreLearntWithoutLabelsByTheSameRecipe) {
  add(".", 16, 200);
  session::Session(prepare("best"), session::Observer{}).run({});
  const artifacts::SavedGenerator generator = artifacts::open_generator(place_ / "run");
  EXPECT_EQ(net::label_classes(generator.spec), 0);
}

TEST_F(OwnPictures, AreMadeSmallerWhereASizeIsAskedFor) {
  add("cross", 32, 200);
  add("circle", 32, 90);
  const session::Start start = prepare("dense-small", {"images.size=8"});
  EXPECT_EQ(start.dataset->height, 8);
  EXPECT_THAT(train::to_toml(start.recipe), AllOf(HasSubstr("size = 8"), HasSubstr("shape = [8, 8, 3]")));
}

TEST_F(OwnPictures, AreRefusedByTheNameOfARecipeThatTakesThem) {
  add(".", 16, 200);
  EXPECT_THAT(refusal_of("conditional"), AllOf(StartsWith("conditional: found images without labels"),
                                               HasSubstr("a recipe that does without, such as best")));
}

TEST_F(OwnPictures, OfAnOddSizeAreRefusedWithTheSizesThatWork) {
  add("cross", 15, 200);
  add("circle", 15, 90);
  EXPECT_THAT(refusal_of("best"), AllOf(HasSubstr("images of 15x15 pixels, whose sides cannot be halved"),
                                        HasSubstr("Give --size 14"), HasSubstr("dense")));
  EXPECT_EQ(refusal_of("dense-small"), "no error");
}

}  // namespace
}  // namespace ganymede::test
