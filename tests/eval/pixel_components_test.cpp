#include "eval/pixel_components.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace ganymede::eval {
namespace {

std::vector<std::uint8_t> noise(std::int64_t bytes) {
  std::vector<std::uint8_t> images(static_cast<std::size_t>(bytes));
  for (std::size_t n = 0; n < images.size(); ++n) {
    images[n] = static_cast<std::uint8_t>(base::random_word({.seed = 1}, n));
  }
  return images;
}

template <class Value>
double distance(std::span<const Value> a, std::span<const Value> b) {
  double squares = 0.0;
  for (std::size_t n = 0; n < a.size(); ++n) {
    const double difference = static_cast<double>(a[n]) - static_cast<double>(b[n]);
    squares += difference * difference;
  }
  return std::sqrt(squares);
}

TEST(PixelComponents, KeepDistancesWhereNothingIsLeftOut) {
  constexpr std::int64_t count = 100;
  const base::Shape image{4, 5, 3};
  const std::vector<std::uint8_t> images = noise(count * 60);
  const PixelComponents components(images, image);
  ASSERT_EQ(components.count(), 60);
  const std::vector<float> features = components.read(images);
  const std::span pixels(images);
  const std::span values(features);
  for (std::size_t n = 1; n < count; ++n) {
    EXPECT_NEAR(distance(values.subspan(0, 60), values.subspan(60 * n, 60)),
                distance(pixels.subspan(0, 60), pixels.subspan(60 * n, 60)) / 255.0, 1e-4);
  }
}

TEST(PixelComponents, AreTheDirectionsInWhichImagesDifferMost) {
  // Images of one brightness each: a single direction, in which an image of 28x28 is averaged to 16x16.
  constexpr std::int64_t count = 20;
  std::vector<std::uint8_t> images;
  for (std::int64_t n = 0; n < count; ++n) {
    images.insert(images.end(), 28 * 28, static_cast<std::uint8_t>(10 * n));
  }
  const PixelComponents components(images, {28, 28, 1});
  ASSERT_EQ(components.count(), 64);
  const std::vector<float> features = components.read(images);
  for (std::int64_t n = 0; n < count; ++n) {
    const double brightness = (10.0 * static_cast<double>(n) - 95.0) / 255.0;
    EXPECT_NEAR(std::abs(features[n * 64 + 63]), std::abs(16.0 * brightness), 1e-4);
    EXPECT_NEAR(features[n * 64], 0.0, 1e-4);
  }
}

}  // namespace
}  // namespace ganymede::eval
