#include "data/batch.h"

#include <gtest/gtest.h>

#include <vector>

namespace ganymede::data {
namespace {

const Split split = {.pixels = {0, 51, 255, 102, 204, 0}, .labels = {7, 1, 4}};

TEST(Batch, GathersImagesInTheGivenOrder) {
  const std::vector<std::uint32_t> indices = {2, 0, 2};
  std::vector<float> images(6);
  gather(split, indices, {.low = 0.0F, .high = 1.0F}, images);
  const std::vector<float> expected = {0.8F, 0.0F, 0.0F, 0.2F, 0.8F, 0.0F};
  for (std::size_t n = 0; n < expected.size(); ++n) {
    EXPECT_FLOAT_EQ(images[n], expected[n]);
  }
}

TEST(Batch, ScalesBytesToTheRangeExactlyAtItsEnds) {
  const std::vector<std::uint32_t> indices = {0, 1};
  std::vector<float> images(4);
  gather(split, indices, {.low = -1.0F, .high = 1.0F}, images);
  EXPECT_EQ(images[0], -1.0F);
  EXPECT_FLOAT_EQ(images[1], -0.6F);
  EXPECT_EQ(images[2], 1.0F);
  EXPECT_FLOAT_EQ(images[3], -0.2F);
}

TEST(Batch, GathersManyImagesOnSeveralThreads) {
  std::vector<std::uint32_t> indices(1000);
  for (std::size_t n = 0; n < indices.size(); ++n) {
    indices[n] = static_cast<std::uint32_t>(n * 7 % 3);
  }
  std::vector<float> images(2000);
  gather(split, indices, {.low = 0.0F, .high = 255.0F}, images);
  for (std::size_t n = 0; n < images.size(); ++n) {
    ASSERT_FLOAT_EQ(images[n], split.pixels[std::size_t{2} * indices[n / 2] + n % 2]);
  }
}

TEST(Batch, GathersLabels) {
  const std::vector<std::uint32_t> indices = {2, 2, 0};
  std::vector<std::int32_t> labels(3);
  gather_labels(split, indices, labels);
  EXPECT_EQ(labels, (std::vector<std::int32_t>{4, 4, 7}));
}

}  // namespace
}  // namespace ganymede::data
