#include "train/methods/augmentation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "reference/values.h"

namespace ganymede::train {
namespace {

const base::Shape image = {6, 5, 2};
constexpr std::int64_t batch = 40;
const base::RandomKey key{.seed = 3, .purpose = base::Purpose::augmentation, .step = 2};
constexpr AugmentationSettings both{.translation = 0.4, .cutout = 0.5};

std::vector<float> values(std::uint64_t seed) {
  return reference::random_values(seed, batch * image.elements());
}

double dot(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// With a blank of zero augmentation is linear, and the backward pass its transpose: <A x, y> = <x, A^T y>.
TEST(Augmentation, BackwardIsTheTransposeOfForward) {
  for (const AugmentationSettings& settings :
       {AugmentationSettings{.translation = 0.4}, AugmentationSettings{.cutout = 0.5}, both}) {
    const std::vector<float> x = values(1);
    const std::vector<float> y = values(2);
    std::vector<float> forward = x;
    augment(settings, key, image, 0.0F, forward);
    std::vector<float> backward = y;
    augment_backward(settings, key, image, backward);
    EXPECT_NE(forward, x);
    EXPECT_NEAR(dot(forward, y), dot(x, backward), 1e-4);
  }
}

/// Every pixel of each image holds its place, so that where it went can be read off.
TEST(Augmentation, MovesWholeImagesWithinTheirShare) {
  std::vector<float> images(batch * image.elements());
  for (std::size_t i = 0; i < images.size(); ++i) {
    images[i] = static_cast<float>(i % image.elements()) + 1.0F;
  }
  augment({.translation = 0.4}, key, image, -1.0F, images);
  std::set<std::pair<std::int64_t, std::int64_t>> shifts;
  for (std::int64_t n = 0; n < batch; ++n) {
    const std::span moved = std::span(images).subspan(n * image.elements(), image.elements());
    const std::int64_t centre = 2 * image[1] * image[2] + 2 * image[2];  // always covered
    const auto from = static_cast<std::int64_t>(moved[centre]) - 1;
    const std::int64_t down = 2 - from / (image[1] * image[2]);
    const std::int64_t right = 2 - from % (image[1] * image[2]) / image[2];
    EXPECT_LE(std::abs(down), 2);
    EXPECT_LE(std::abs(right), 2);
    shifts.insert({down, right});
    for (std::int64_t i = 0; i < image.elements(); ++i) {
      const std::int64_t y = i / (image[1] * image[2]) - down;
      const std::int64_t x = i / image[2] % image[1] - right;
      const bool inside = y >= 0 && y < image[0] && x >= 0 && x < image[1];
      const std::int64_t source = (y * image[1] + x) * image[2] + i % image[2];
      EXPECT_EQ(moved[i], inside ? static_cast<float>(source + 1) : -1.0F);
    }
  }
  EXPECT_GT(shifts.size(), 10U) << "of 25";
}

TEST(Augmentation, CutsARectangleOutOfEveryChannel) {
  std::vector<float> images(batch * image.elements(), 1.0F);
  augment({.cutout = 0.5}, key, image, 0.0F, images);
  for (std::int64_t n = 0; n < batch; ++n) {
    const std::span cut = std::span(images).subspan(n * image.elements(), image.elements());
    const auto blank = std::ranges::count(cut, 0.0F);
    // Half of six is three, half of five rounds to three: at most 3 x 3 pixels, at least the centre.
    EXPECT_GE(blank, 2);
    EXPECT_LE(blank, 3 * 3 * 2);
    for (std::int64_t i = 0; i < image.elements(); i += 2) {
      EXPECT_EQ(cut[i], cut[i + 1]);
    }
  }
}

TEST(Augmentation, DependsOnTheStepAndLeavesImagesAloneWhereNothingIsAskedFor) {
  std::vector<float> one = values(1);
  std::vector<float> other = one;
  augment(both, key, image, 0.0F, one);
  base::RandomKey next = key;
  ++next.step;
  augment(both, next, image, 0.0F, other);
  EXPECT_NE(one, other);
  std::vector<float> untouched = values(1);
  augment({}, key, image, 0.0F, untouched);
  EXPECT_EQ(untouched, values(1));
}

TEST(Noise, HasItsDeviation) {
  std::vector<float> noisy(20000, 1.0F);
  std::vector<float> memory(noisy.size());
  add_noise(key, 0.5F, memory, noisy);
  const double mean = std::accumulate(noisy.begin(), noisy.end(), 0.0) / 20000.0;
  double squares = 0.0;
  for (const float value : noisy) {
    squares += std::pow(static_cast<double>(value) - mean, 2.0);
  }
  EXPECT_NEAR(mean, 1.0, 5.0 * 0.5 / std::sqrt(20000.0));
  EXPECT_NEAR(std::sqrt(squares / 20000.0), 0.5, 5.0 * 0.5 / std::sqrt(2.0 * 20000.0));
}

}  // namespace
}  // namespace ganymede::train
