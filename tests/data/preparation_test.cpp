#include "data/preparation.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/test_split.h"
#include "io/mutation.h"

namespace ganymede::data {
namespace {

using base::ErrorKind;
using codecs::Image;
using test::expect_error;
using testing::HasSubstr;

Image grey(int height, int width, std::vector<std::uint8_t> pixels) {
  return {.height = height, .width = width, .channels = 1, .pixels = std::move(pixels)};
}

TEST(Fitting, TakesTheMeanOverTheAreaThatAPixelCovers) {
  const Image image = grey(4, 4, {0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 151});
  EXPECT_EQ(fit_image(image, {.size = 2}), grey(2, 2, {25, 45, 105, 125}));
  EXPECT_EQ(fit_image(image, {.size = 1}), grey(1, 1, {75}));
}

TEST(Fitting, WeighsPixelsByHowMuchOfThemIsCovered) {
  // Two of three pixels become one: the middle one counts half in each.
  EXPECT_EQ(fit_image(grey(3, 3, {0, 30, 90, 0, 30, 90, 0, 30, 90}), {.size = 2}),
            grey(2, 2, {10, 70, 10, 70}));
}

TEST(Fitting, KeepsColorsApart) {
  const Image image{
      .height = 2, .width = 2, .channels = 3, .pixels = {0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14}};
  EXPECT_EQ(fit_image(image, {.size = 1}).pixels, (std::vector<std::uint8_t>{6, 7, 8}));
}

TEST(Fitting, CropsTheSquareInTheMiddle) {
  EXPECT_EQ(fit_image(grey(2, 4, {1, 2, 3, 4, 5, 6, 7, 8}), {.size = 2, .fit = Fit::crop}),
            grey(2, 2, {2, 3, 6, 7}));
}

TEST(Fitting, PadsWithBlackAndNeverEnlarges) {
  EXPECT_EQ(fit_image(grey(1, 2, {100, 200}), {.size = 4, .fit = Fit::pad}),
            grey(4, 4, {0, 0, 0, 0, 0, 100, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(fit_image(grey(2, 4, {10, 20, 30, 40, 30, 40, 50, 60}), {.size = 2, .fit = Fit::pad}),
            grey(2, 2, {25, 45, 0, 0}));
}

TEST(Fitting, StretchesToMorePixelsAlongALine) {
  EXPECT_EQ(fit_image(grey(1, 2, {0, 100}), {.size = 4, .fit = Fit::stretch}),
            grey(4, 4, {0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100}));
}

TEST(Fitting, LeavesAnImageOfThatSizeAlone) {
  const Image image = grey(2, 2, {1, 2, 3, 4});
  for (const auto& [word, fit] : words(Fit())) {
    EXPECT_EQ(fit_image(image, {.size = 2, .fit = fit}), image) << word;
  }
}

TEST(Fitting, NamesWhatIsInTheWay) {
  EXPECT_EQ(obstacle_to_fit({.size = 4}, 8, 9), "not square");
  EXPECT_EQ(obstacle_to_fit({.size = 4}, 3, 3), "smaller than 4 by 4");
  EXPECT_EQ(obstacle_to_fit({.size = 4, .fit = Fit::crop}, 8, 9), "");
  EXPECT_EQ(obstacle_to_fit({.size = 4, .fit = Fit::crop}, 3, 9), "smaller than 4 by 4");
  EXPECT_EQ(obstacle_to_fit({.size = 4, .fit = Fit::pad}, 3, 9), "");
  EXPECT_EQ(obstacle_to_fit({.size = 4, .fit = Fit::stretch}, 3, 9), "");
  EXPECT_EQ(obstacle_to_fit({}, 3, 9), "");
  EXPECT_EQ(obstacle_to_fit({}, 3, 1025), "larger than 1024 by 1024");
}

/// 40 images of class 0, 20 of class 1 and one of class 2, each with its number as its pixel.
Dataset numbered() {
  Dataset dataset;
  dataset.name = "numbered";
  dataset.height = dataset.width = 1;
  dataset.class_names = {"a", "b", "c"};
  for (int n = 0; n < 61; ++n) {
    dataset.train.pixels.push_back(static_cast<std::uint8_t>(n));
    dataset.train.labels.push_back(static_cast<std::uint16_t>(n < 40 ? 0 : n < 60 ? 1 : 2));
  }
  return dataset;
}

TEST(TestSplit, IsATenthOfEachClass) {
  Dataset dataset = numbered();
  cut_test_split(dataset, {});
  EXPECT_EQ(dataset.train.count(), 55U);
  ASSERT_EQ(dataset.test.count(), 6U);
  EXPECT_EQ(dataset.test.labels, (std::vector<std::uint16_t>{0, 0, 0, 0, 1, 1}));
  EXPECT_TRUE(std::ranges::is_sorted(dataset.test.pixels));
  EXPECT_TRUE(std::ranges::is_sorted(dataset.train.pixels));
  std::set<int> all(dataset.train.pixels.begin(), dataset.train.pixels.end());
  all.insert(dataset.test.pixels.begin(), dataset.test.pixels.end());
  EXPECT_EQ(all.size(), 61U);
  for (std::size_t n = 0; n < dataset.test.count(); ++n) {
    EXPECT_EQ(dataset.test.labels[n], dataset.test.pixels[n] < 40 ? 0 : 1);
  }
  ASSERT_EQ(dataset.notes.size(), 1U);
  EXPECT_THAT(dataset.notes[0], HasSubstr("6 of 61"));
}

TEST(TestSplit, FollowsFromTheSeed) {
  Dataset one = numbered();
  Dataset again = numbered();
  Dataset other = numbered();
  cut_test_split(one, {.split_seed = 1});
  cut_test_split(again, {.split_seed = 1});
  cut_test_split(other, {.split_seed = 2});
  EXPECT_EQ(one.test.pixels, again.test.pixels);
  EXPECT_NE(one.test.pixels, other.test.pixels);
  EXPECT_EQ(digest(one), digest(again));
  EXPECT_NE(digest(one), digest(other));
}

TEST(HoldOut, TakesTheSharesOfTheClassesAndReplacesTheTestImages) {
  Dataset dataset = numbered();
  dataset.test = {.pixels = {200}, .labels = {2}};
  hold_out(dataset, {.held_out = 12});
  EXPECT_EQ(dataset.train.count(), 49U);
  EXPECT_EQ(dataset.test.labels, (std::vector<std::uint16_t>{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1}));
  std::set<int> all(dataset.train.pixels.begin(), dataset.train.pixels.end());
  all.insert(dataset.test.pixels.begin(), dataset.test.pixels.end());
  EXPECT_EQ(all.size(), 61U);
  EXPECT_EQ(all.count(200), 0U);
  EXPECT_THAT(dataset.notes[0], HasSubstr("12 of 61 training images are held out"));
  Dataset other = numbered();
  hold_out(other, {.split_seed = 1, .held_out = 12});
  EXPECT_NE(other.test.pixels, dataset.test.pixels);
}

TEST(HoldOut, LeavesAtLeastHalf) {
  Dataset dataset = numbered();
  expect_error(ErrorKind::data, {"numbered", "31 of 61", "at most half"},
               [&] { hold_out(dataset, {.held_out = 31}); });
}

TEST(TestSplit, NeedsTwoImagesOfAClass) {
  Dataset dataset = numbered();
  dataset.train.labels = {0, 1, 2};
  dataset.train.pixels.resize(3);
  expect_error(ErrorKind::data, {"numbered", "no two of one class"}, [&] { cut_test_split(dataset, {}); });
}

}  // namespace
}  // namespace ganymede::data
