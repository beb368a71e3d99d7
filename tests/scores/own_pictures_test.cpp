#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "data/data_source.h"
#include "io/pictures/png.h"
#include "io/temporary_directory.h"
#include "scores/evaluation.h"
#include "scores/own_classifier.h"

namespace ganymede::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class OwnPicturesScores : public testing::Test {
 protected:
  OwnPicturesScores() { setenv("XDG_CACHE_HOME", (place_ / "cache").c_str(), 1); }
  ~OwnPicturesScores() override { unsetenv("XDG_CACHE_HOME"); }

  /// Pictures with a bright and a dark half; `upright` tells how they are divided.
  void add(const std::string& folder, bool upright, int count = 60) const {
    std::filesystem::create_directories(place_ / folder);
    for (int n = 0; n < count; ++n) {
      io::Image image{.height = 12, .width = 12, .channels = 1, .pixels = {}};
      for (int pixel = 0; pixel < 144; ++pixel) {
        const bool bright = upright ? pixel % 12 < 6 : pixel / 12 < 6;
        image.pixels.push_back(static_cast<std::uint8_t>(bright ? 150 + n : n));
      }
      io::write_png(place_ / folder / (std::to_string(n) + ".png"), image);
    }
  }

  std::filesystem::path classifier() {
    const std::string data = place_ / "pictures";
    said_.clear();
    return scores::classifier_for(data::open_data(data, data::Splits::train_and_test), data, {},
                                  [this](std::string_view line) { said_ += std::string(line) + "\n"; });
  }

  scores::EvaluationReport evaluate() const {
    return scores::evaluate({.images = place_ / "drawn", .data = place_ / "pictures"},
                            [](std::string_view) {});
  }

  TemporaryDirectory place_;
  std::string said_;
};

TEST_F(OwnPicturesScores, AreMeasuredByAClassifierThatIsTrainedOnceForTheData) {
  add("pictures/left", true);
  add("pictures/top", false);
  const std::filesystem::path file = classifier();
  EXPECT_THAT(file.string(), StartsWith((place_ / "cache/ganymede/classifiers").string()));
  EXPECT_THAT(said_, HasSubstr("These images have no classifier yet"));
  EXPECT_THAT(said_, HasSubstr(": 100.00% of the 12 test images are classified correctly"));
  EXPECT_EQ(classifier(), file);
  EXPECT_THAT(said_, IsEmpty());
  add("pictures/top", false, 70);
  EXPECT_NE(classifier(), file);
}

TEST_F(OwnPicturesScores, OfDataWithoutLabelsAreThoseOfItsPixelsComponents) {
  add("pictures", true, 100);
  add("drawn", true, 100);
  EXPECT_THAT(classifier().string(), IsEmpty());
  const scores::EvaluationReport same = evaluate();
  EXPECT_FALSE(same.yardstick.classifier);
  EXPECT_THAT(scores::as_table(same), HasSubstr("features: the first 64 principal components of the pixels"));
  EXPECT_THAT(scores::as_table(same), Not(HasSubstr("confidence")));
  EXPECT_THAT(scores::as_json(same), HasSubstr("\"classifier\": null"));
  std::filesystem::remove_all(place_ / "drawn");
  add("drawn", false, 100);
  const scores::EvaluationReport other = evaluate();
  ASSERT_EQ(same.rows[0].info.key, "frechet_distance");
  EXPECT_GT(other.rows[0].estimate.value, 10.0 * same.rows[0].estimate.value);
}

}  // namespace
}  // namespace ganymede::test
