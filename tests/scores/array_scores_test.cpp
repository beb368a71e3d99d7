#include "scores/array_scores.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <vector>

#include "data/data_source.h"
#include "io/mutation.h"

namespace ganymede::test {
namespace {

using base::ErrorKind;
using testing::DoubleNear;

/// Points at the corners of a square of side 2 around (x, y): variances of 4/3 without correlation.
std::vector<float> square(float x, float y) {
  return {x - 1, y - 1, x - 1, y + 1, x + 1, y - 1, x + 1, y + 1};
}

codecs::NpyView view(const std::vector<std::uint8_t>& values, const base::Shape& shape) {
  return {.shape = shape, .type = "|u1", .values = std::as_bytes(std::span(values))};
}

TEST(ArrayScores, TheFrechetDistanceOfAMovedSetIsTheSquareOfTheWay) {
  const std::vector<float> here = square(0, 0), there = square(3, 4);
  EXPECT_THAT(scores::frechet({here, 2}, {there, 2}), DoubleNear(25.0, 1e-6));
  EXPECT_THAT(scores::frechet({here, 2}, {here, 2}), DoubleNear(0.0, 1e-6));
}

TEST(ArrayScores, ASetHasThePrecisionOfItselfAndNoneOfADistantOne) {
  const std::vector<float> here = square(0, 0), there = square(100, 0);
  const scores::NeighbourScores same = scores::precision_recall({here, 2}, {here, 2}, 1);
  EXPECT_EQ(same.precision, 1.0);
  EXPECT_EQ(same.recall, 1.0);
  EXPECT_EQ(same.coverage, 1.0);
  const scores::NeighbourScores other = scores::precision_recall({here, 2}, {there, 2}, 1);
  EXPECT_EQ(other.precision, 0.0);
  EXPECT_EQ(other.density, 0.0);
}

TEST(ArrayScores, TheKernelDistanceOfDistantSetsIsLarger) {
  const std::vector<float> here = square(0, 0), near = square(1, 0), far = square(9, 0);
  EXPECT_LT(scores::kernel_distance({here, 2}, {near, 2}, {.count = 5}).mean,
            scores::kernel_distance({here, 2}, {far, 2}, {.count = 5}).mean);
}

TEST(ArrayScores, RefuseSetsThatCannotBeCompared) {
  const std::vector<float> some(8), one(2);
  expect_error(ErrorKind::usage, {"features", "2 and 4 of an image"}, [&] {
    scores::frechet({some, 2}, {some, 4});
  });
  expect_error(ErrorKind::usage, {"1 images", "at least 2"}, [&] { scores::frechet({some, 2}, {one, 2}); });
  expect_error(ErrorKind::usage, {"4 images", "at least 5"}, [&] {
    scores::precision_recall({some, 2}, {some, 2}, 4);
  });
  expect_error(ErrorKind::usage, {"neighbours", "0"}, [&] {
    scores::precision_recall({some, 2}, {some, 2}, 0);
  });
  expect_error(ErrorKind::usage, {"subsets", "0 of 1000 images"}, [&] {
    scores::kernel_distance({some, 2}, {some, 2}, {.count = 0});
  });
}

TEST(ArrayScores, DuplicatesAreCountedWithinTheRadius) {
  const std::vector<std::uint8_t> images = {0, 0, 0, 1, 90, 90, 200, 200};
  EXPECT_EQ(scores::duplicates(view(images, {4, 1, 2}), {}, 1.0), 0.5);
  EXPECT_EQ(scores::duplicates(view(images, {4, 1, 2}), {}, 0.5), 0.0);
  const std::vector<std::uint8_t> apart = {0, 0, 0, 0, 255, 255, 255, 255};
  EXPECT_EQ(scores::duplicates(view(images, {4, 1, 2}), view(apart, {4, 1, 2}), {}), 0.5);
  expect_error(ErrorKind::data, {"images", "a single image"}, [&] {
    scores::duplicates(view({1, 2}, {1, 1, 2}), {}, {});
  });
}

TEST(ArrayScores, DigitsAreReadByTheShippedClassifier) {
  const data::Dataset digits = data::open_data("mnist", data::Splits::train_and_test);
  const std::vector<std::uint8_t> some(digits.test.pixels.begin(), digits.test.pixels.begin() + 100 * 784);
  const scores::OwnedFeatures features =
      scores::features_of({.images = view(some, {100, 28, 28})}, [](std::string_view) {});
  EXPECT_EQ(features.view().count(), 100);
  EXPECT_GT(features.dimensions, 1);
  expect_error(ErrorKind::data, {"images of shape [14, 56, 1]", "[28, 28, 1]"}, [&] {
    scores::features_of({.images = view(some, {100, 14, 56})}, [](std::string_view) {});
  });
}

}  // namespace
}  // namespace ganymede::test
