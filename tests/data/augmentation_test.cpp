#include "data/augmentation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace ganymede::data {
namespace {

constexpr base::RandomKey key{.seed = 5, .purpose = base::Purpose::augmentation, .stream = 0, .step = 3};

/// Images of 9 x 9 in which only the pixel (row, column) is white.
Dataset dots(const std::vector<std::pair<int, int>>& places) {
  Dataset dataset{
      .name = "dots", .height = 9, .width = 9, .class_names = {"dot"}, .train = {}, .test = {}, .files = {}};
  for (const auto& [row, column] : places) {
    std::vector<std::uint8_t> pixels(81);
    pixels[row * 9 + column] = 255;
    dataset.train.pixels.insert(dataset.train.pixels.end(), pixels.begin(), pixels.end());
    dataset.train.labels.push_back(0);
  }
  return dataset;
}

std::vector<float> augmented(const Dataset& dataset, std::size_t count, const Augmentation& augmentation) {
  const std::vector<std::uint32_t> indices(count, 0);
  std::vector<float> images(count * 81);
  gather_augmented(dataset, indices, augmentation, key, images);
  return images;
}

/// Where an image's brightness has its centre, from the middle of the image.
struct Centre {
  float x = 0.0F, y = 0.0F;
};
Centre centre_of(std::span<const float> image) {
  Centre centre;
  const float sum = std::accumulate(image.begin(), image.end(), 0.0F);
  for (int n = 0; n < 81; ++n) {
    centre.x += image[n] * static_cast<float>(n % 9 - 4) / sum;
    centre.y += image[n] * static_cast<float>(n / 9 - 4) / sum;
  }
  return centre;
}

TEST(Augmentation, ThatMovesNothingGivesTheImagesBetweenZeroAndOne) {
  const std::vector<float> images = augmented(dots({{2, 6}}), 3, {});
  for (int n = 0; n < 3 * 81; ++n) {
    EXPECT_FLOAT_EQ(images[n], n % 81 == 2 * 9 + 6 ? 1.0F : 0.0F) << n;
  }
}

TEST(Augmentation, ShiftsByUpToTheLimitBothWays) {
  constexpr int count = 400;
  const std::vector<float> images = augmented(dots({{4, 4}}), count, {.shift = 2.0F});
  float furthest_left = 0.0F;
  float furthest_down = 0.0F;
  for (int n = 0; n < count; ++n) {
    const Centre centre = centre_of(std::span(images).subspan(n * 81, 81));
    EXPECT_LE(std::abs(centre.x), 2.001F);
    EXPECT_LE(std::abs(centre.y), 2.001F);
    furthest_left = std::min(furthest_left, centre.x);
    furthest_down = std::max(furthest_down, centre.y);
  }
  EXPECT_LT(furthest_left, -1.8F);
  EXPECT_GT(furthest_down, 1.8F);
}

TEST(Augmentation, TurnsAboutTheCentre) {
  constexpr int count = 400;
  const std::vector<float> images = augmented(dots({{4, 7}}), count, {.rotation = 90.0F});
  float highest = 0.0F;
  float lowest = 0.0F;
  for (int n = 0; n < count; ++n) {
    const Centre centre = centre_of(std::span(images).subspan(n * 81, 81));
    EXPECT_NEAR(std::hypot(centre.x, centre.y), 3.0F, 0.35F);
    highest = std::min(highest, centre.y);
    lowest = std::max(lowest, centre.y);
  }
  EXPECT_LT(highest, -2.6F);
  EXPECT_GT(lowest, 2.6F);
}

TEST(Augmentation, ScalesAboutTheCentre) {
  constexpr int count = 400;
  const std::vector<float> images = augmented(dots({{4, 6}}), count, {.scaling = 0.4F});
  float nearest = 9.0F;
  float furthest = 0.0F;
  for (int n = 0; n < count; ++n) {
    const Centre centre = centre_of(std::span(images).subspan(n * 81, 81));
    nearest = std::min(nearest, centre.x);
    furthest = std::max(furthest, centre.x);
  }
  EXPECT_NEAR(nearest, 1.2F, 0.3F);
  EXPECT_NEAR(furthest, 2.8F, 0.3F);
}

TEST(Augmentation, MirrorsEverySecondImageOrSo) {
  constexpr int count = 400;
  const std::vector<float> images = augmented(dots({{4, 7}}), count, {.mirror = true});
  int mirrored = 0;
  for (int n = 0; n < count; ++n) {
    const float x = centre_of(std::span(images).subspan(n * 81, 81)).x;
    EXPECT_FLOAT_EQ(std::abs(x), 3.0F);
    mirrored += x < 0.0F ? 1 : 0;
  }
  EXPECT_NEAR(mirrored, count / 2, 50);
}

TEST(Augmentation, MovesTheSameImageOtherwiseInAnotherStep) {
  const Dataset dataset = dots({{4, 4}});
  const std::vector<std::uint32_t> indices = {0};
  std::vector<float> first(81);
  std::vector<float> again(81);
  std::vector<float> later(81);
  base::RandomKey next = key;
  ++next.step;
  gather_augmented(dataset, indices, {.shift = 2.0F}, key, first);
  gather_augmented(dataset, indices, {.shift = 2.0F}, key, again);
  gather_augmented(dataset, indices, {.shift = 2.0F}, next, later);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, later);
}

}  // namespace
}  // namespace ganymede::data
