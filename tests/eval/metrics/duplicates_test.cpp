#include "eval/metrics/duplicates.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ganymede::eval {
namespace {

/// Five images of four pixels: the first two are 5 apart, all others far from each other.
const std::vector<std::uint8_t> images = {0, 0, 0, 0, 3, 4, 0, 0, 200, 0, 0, 0, 0, 200, 0, 0, 0, 0, 200, 0};

TEST(DuplicateShare, CountsImagesThatHaveAnotherNearby) {
  EXPECT_DOUBLE_EQ(duplicate_share(images, 4, 4.9), 0.0);
  EXPECT_DOUBLE_EQ(duplicate_share(images, 4, 5.0), 0.4);
  EXPECT_DOUBLE_EQ(duplicate_share(images, 4, 1000.0), 1.0);
}

TEST(DuplicateShare, IsOneWhereAllImagesAreTheSame) {
  EXPECT_DOUBLE_EQ(duplicate_share(std::vector<std::uint8_t>(12, 7), 4, 0.0), 1.0);
}

TEST(TypicalDistance, IsTheRootMeanSquareOverAllPairs) {
  double sum = 0.0;
  for (std::size_t i = 0; i < images.size(); i += 4) {
    for (std::size_t j = 0; j < images.size(); j += 4) {
      for (std::size_t pixel = 0; pixel < 4; ++pixel) {
        sum += std::pow(static_cast<double>(images[i + pixel]) - static_cast<double>(images[j + pixel]), 2);
      }
    }
  }
  EXPECT_NEAR(typical_distance(images, 4), std::sqrt(sum / 25.0), 1e-9);
}

}  // namespace
}  // namespace ganymede::eval
