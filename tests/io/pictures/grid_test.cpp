#include "io/pictures/grid.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <vector>

namespace ganymede::io {
namespace {

using Pixels = std::vector<std::uint8_t>;

TEST(Grid, PutsImagesSideBySideWithGaps) {
  const std::vector<float> images = {0.0F, 1.0F, 0.2F, 0.4F, 0.6F, 0.8F};  // three of 1 by 2
  const Image grid = make_grid(images, {3, 1, 2, 1}, {.columns = 2, .gap = 1, .background = 9, .low = 0.0F});
  EXPECT_EQ(grid.height, 5);
  EXPECT_EQ(grid.width, 7);
  EXPECT_EQ(grid.pixels, (Pixels{9, 9,   9,   9, 9,  9,   9,  //
                                 9, 0,   255, 9, 51, 102, 9,  //
                                 9, 9,   9,   9, 9,  9,   9,  //
                                 9, 153, 204, 9, 9,  9,   9,  //
                                 9, 9,   9,   9, 9,  9,   9}));
}

TEST(Grid, MagnifiesPixels) {
  const std::vector<float> image = {-1.0F, 1.0F};
  const Image grid = make_grid(image, {1, 2, 1, 1}, {.scale = 2, .gap = 0});
  EXPECT_EQ(grid.height, 4);
  EXPECT_EQ(grid.width, 2);
  EXPECT_EQ(grid.pixels, (Pixels{0, 0, 0, 0, 255, 255, 255, 255}));
}

TEST(Grid, KeepsColors) {
  const std::vector<float> images = {0.0F, 0.2F, 0.4F, 1.0F, 0.8F, 0.6F};
  const Image grid = make_grid(images, {2, 1, 1, 3}, {.columns = 2, .gap = 0, .low = 0.0F});
  EXPECT_EQ(grid.channels, 3);
  EXPECT_EQ(grid.pixels, (Pixels{0, 51, 102, 255, 204, 153}));
}

TEST(Grid, IsAsSquareAsCanBe) {
  for (const auto& [count, columns, rows] : {std::array{1, 1, 1}, {5, 3, 2}, {64, 8, 8}, {65, 9, 8}}) {
    const std::vector<float> images(static_cast<std::size_t>(count));
    const Image grid = make_grid(images, {count, 1, 1, 1}, {.gap = 0});
    EXPECT_EQ(grid.width, columns);
    EXPECT_EQ(grid.height, rows);
  }
}

TEST(Grid, ClampsWhatIsOutOfRange) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> images = {-7.0F, 7.0F, infinity, -infinity, nan};
  EXPECT_EQ(make_grid(images, {1, 1, 5, 1}, {.gap = 0}).pixels, (Pixels{0, 255, 255, 0, 0}));
}

}  // namespace
}  // namespace ganymede::io
