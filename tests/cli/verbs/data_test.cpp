#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/workplace.h"
#include "io/pictures/png.h"

namespace ganymede::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A folder `pictures` of two classes with `count` pictures each, of which no two are alike.
void draw_pictures(const Workplace& place, int count, int side) {
  for (const std::string name : {"ink", "猫"}) {
    fs::create_directories(place / "pictures" / name);
    for (int n = 0; n < count; ++n) {
      io::Image image{.height = side, .width = side, .channels = 1, .pixels = {}};
      for (int pixel = 0; pixel < side * side; ++pixel) {
        image.pixels.push_back(static_cast<std::uint8_t>(pixel * (n + 1) + name[0]));
      }
      io::write_png(place / "pictures" / name / (std::to_string(n) + ".png"), image);
    }
  }
}

TEST(Data, TellsWhatIsInAFolderOfPicturesAndWhatLearnsFromIt) {
  const Workplace place;
  draw_pictures(place, 10, 28);
  const Ended ended = place.run({"data", "pictures"});
  EXPECT_EQ(ended.status, 0) << ended.errors;
  EXPECT_THAT(ended.output, HasSubstr("pictures: images of 28x28 pixels with 1 channel, 2 classes"));
  EXPECT_THAT(ended.output, HasSubstr("ink                    9         1"));
  EXPECT_THAT(ended.output, HasSubstr("all                   18         2"));
  EXPECT_THAT(ended.output, HasSubstr("2 of 20 were drawn from the training images (seed 0)"));
  EXPECT_THAT(ended.output, HasSubstr("dense-small"));
  EXPECT_EQ(io::read_png(place / "pictures.png").height, 2 * 58 + 2);
}

TEST(Data, CountsImagesThatAreThereTwice) {
  const Workplace place;
  for (const char* name : {"train/a/1.png", "train/a/2.png", "test/a/1.png"}) {
    fs::create_directories((place / "pictures" / name).parent_path());
    io::write_png(place / "pictures" / name,
                  {.height = 2, .width = 2, .channels = 1, .pixels = {1, 2, 3, 4}});
  }
  EXPECT_THAT(place.run({"data", "pictures"}).output,
              HasSubstr("1 of the test images are training images too; 1 training images are there twice"));
}

class ImportedData : public testing::Test {
 protected:
  ImportedData() {
    draw_pictures(place, 20, 56);
    const Ended imported = place.run({"data", "import", "pictures", "--size", "28", "--out", "set.npz"});
    EXPECT_EQ(imported.status, 0) << imported.errors;
    EXPECT_THAT(imported.errors, HasSubstr("set.npz: 36 images to train on and 4 to test with, 28x28x1"));
  }

  Ended train(std::vector<std::string> words) const {
    words.insert(words.begin(), "train");
    words.insert(words.end(), {"--steps", "2"});
    return place.run(words);
  }
  Ended resume(std::vector<std::string> words) const {
    words.insert(words.begin(), {"train", "--resume", "run", "--steps", "4"});
    return place.run(words);
  }

  Workplace place;
};

TEST_F(ImportedData, IsWhatWasImported) {
  const Ended shown = place.run({"data", "set.npz"});
  EXPECT_THAT(shown.output, HasSubstr("set: images of 28x28 pixels with 1 channel, 2 classes"));
  EXPECT_THAT(shown.output, HasSubstr("猫"));
  EXPECT_THAT(shown.output, HasSubstr("x_train: [count, height, width], bytes"));
}

TEST_F(ImportedData, ContinuesARunThatBeganOnItsSource) {
  const Ended begun =
      train({"small.toml", "--batch-size", "4", "--data", "pictures", "--size", "28", "--out", "run"});
  EXPECT_EQ(begun.status, 0) << begun.errors;
  EXPECT_THAT(begun.errors, HasSubstr("4 of 40 were drawn from the training images"));
  const std::string config = contents(place / "run/config.toml");
  EXPECT_THAT(config, HasSubstr("data = 'pictures'\n"));
  EXPECT_THAT(config, HasSubstr("[images]\nsize = 28\nfit = 'none'\nsplit_seed = 0\nheld_out = 0\n"));
  EXPECT_EQ(resume({"--size", "14"}).status, 2);
  const Ended resumed = resume({"--data", "set.npz"});
  EXPECT_EQ(resumed.status, 0) << resumed.errors;
}

TEST_F(ImportedData, IsMissedWhereTheSourceHasChanged) {
  ASSERT_EQ(
      train({"small.toml", "--batch-size", "4", "--data", "pictures", "--size", "28", "--out", "run"}).status,
      0);
  for (const char* name : {"0.png", "1.png", "2.png"}) {
    io::write_png(place / "pictures/ink" / name,
                  {.height = 56, .width = 56, .channels = 1, .pixels = std::vector<std::uint8_t>(3136)});
  }
  const Ended resumed = resume({});
  EXPECT_EQ(resumed.status, 4);
  EXPECT_THAT(resumed.errors, HasSubstr("other images than the run began with"));
}

TEST_F(ImportedData, ThatWouldBeEnlargedIsRefused) {
  const Ended refused = place.run({"data", "pictures", "--size", "57"});
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.errors, HasSubstr("40 of 40 pictures"));
  EXPECT_THAT(refused.errors, HasSubstr("smaller than 57 by 57"));
}

TEST(Data, WithoutLabelsIsForRecipesThatTakeNone) {
  const Workplace place;
  draw_pictures(place, 20, 28);
  const std::string flat = (place / "pictures" / "ink").string();
  EXPECT_THAT(place.run({"data", flat}).output, HasSubstr("1 channel, without labels"));
  const auto train = [&](const std::string& recipe) {
    return place.run({"train", recipe, "--data", flat, "--steps", "1", "--batch-size", "4"});
  };
  const Ended refused = train("conditional");
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.errors, HasSubstr("images without labels"));
  EXPECT_THAT(refused.errors, HasSubstr("such as best"));
  EXPECT_EQ(train("dense-small").status, 0);
  EXPECT_THAT(place.run({"classifier", "train", "--data", flat}).errors, HasSubstr("images without labels"));
}

}  // namespace
}  // namespace ganymede::test
