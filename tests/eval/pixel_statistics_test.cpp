#include "eval/pixel_statistics.h"

#include <gtest/gtest.h>

namespace ganymede::eval {
namespace {

TEST(PixelStatistics, CountsBlackAndWhiteOfEachImage) {
  const std::vector<std::uint8_t> images = {0, 0, 1, 255, 249, 250, 251, 9};
  const PixelStatistics found = pixel_statistics(images, {2, 2, 1});
  EXPECT_EQ(found.black, (std::vector<float>{0.5F, 0.0F}));
  EXPECT_EQ(found.white, (std::vector<float>{0.25F, 0.5F}));
  EXPECT_EQ(found.laplacian, (std::vector<float>{0.0F, 0.0F})) << "no pixel has four neighbours";
}

TEST(PixelStatistics, LaplacianIsTheMeanOverPixelsWithFourNeighbours) {
  std::vector<std::uint8_t> image(3 * 4);
  image[5] = 255;  // the first of the two inside
  const PixelStatistics found = pixel_statistics(image, {3, 4, 1});
  EXPECT_FLOAT_EQ(found.laplacian[0], (4.0F + 1.0F) / 2.0F);
}

TEST(PixelStatistics, TakesNeighboursFromTheSameChannel) {
  std::vector<std::uint8_t> image(3 * 3 * 2);
  for (std::size_t n = 0; n < image.size(); n += 2) {
    image[n] = 255;  // one channel white, the other black
  }
  EXPECT_EQ(pixel_statistics(image, {3, 3, 2}).laplacian[0], 0.0F);
}

}  // namespace
}  // namespace ganymede::eval
