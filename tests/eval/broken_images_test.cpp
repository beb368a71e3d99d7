#include "eval/broken_images.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "base/random.h"

namespace ganymede::eval {
namespace {

constexpr std::int64_t pixels = 16;

/// Reads single pixels as features.
FeatureReader reader_of_pixels(std::size_t first, std::size_t count) {
  return {.image = {4, 4, 1}, .classes = 0, .read = [=](std::span<const std::uint8_t> images) {
            Readings readings{
                .feature_count = static_cast<std::int64_t>(count), .features = {}, .probabilities = {}};
            for (std::size_t image = 0; image < images.size(); image += pixels) {
              const auto taken = images.subspan(image + first, count);
              readings.features.insert(readings.features.end(), taken.begin(), taken.end());
            }
            return readings;
          }};
}

/// Dark noise; each seed draws other images.
std::vector<std::uint8_t> noise(std::uint64_t seed, std::int64_t count) {
  std::vector<std::uint8_t> images;
  for (std::int64_t n = 0; n < count * pixels; ++n) {
    images.push_back(static_cast<std::uint8_t>(base::random_word({.seed = seed}, n) >> 27U));
  }
  return images;
}

struct Fixture {
  ops::Device device;
  std::vector<std::uint8_t> test = noise(1, 1000);
  std::vector<std::uint8_t> train = noise(2, 2000);
  FeatureSpace first{reader_of_pixels(0, 8), test, device};
  FeatureSpace second{reader_of_pixels(8, 8), test, device};
  BrokenImages broken{first, second, train, device};

  std::vector<float> judge(const std::vector<std::uint8_t>& images,
                           std::span<const std::uint32_t> training_numbers = {}) const {
    return broken.judge(first.reader().read(images), second.reader().read(images), training_numbers);
  }
  double share(const std::vector<std::uint8_t>& images) const {
    const std::vector<float> judged = judge(images);
    return std::accumulate(judged.begin(), judged.end(), 0.0) / static_cast<double>(judged.size());
  }
};

TEST(BrokenImages, AreOneInAHundredOfTheTestImages) {
  const Fixture fixture;
  EXPECT_NEAR(fixture.share(fixture.test), 0.01, 0.0011);
  EXPECT_LT(fixture.share(noise(3, 1000)), 0.03);
}

TEST(BrokenImages, AreFarInBothSpaces) {
  const Fixture fixture;
  std::vector<std::uint8_t> in_first = fixture.train;
  std::vector<std::uint8_t> in_both = fixture.train;
  for (std::size_t image = 0; image < in_both.size(); image += pixels) {
    in_first[image] = in_both[image] = in_both[image + 8] = 255;
  }
  EXPECT_EQ(fixture.share(in_first), 0.0);
  EXPECT_EQ(fixture.share(in_both), 1.0);
}

TEST(BrokenImages, AreComparedWithAllTrainingImagesButTheirOriginal) {
  const Fixture fixture;
  std::vector<std::uint32_t> own(2000);
  std::iota(own.begin(), own.end(), 0U);
  const std::vector<float> copies = fixture.judge(fixture.train);
  const std::vector<float> originals = fixture.judge(fixture.train, own);
  EXPECT_EQ(std::accumulate(copies.begin(), copies.end(), 0.0), 0.0);
  EXPECT_GT(std::accumulate(originals.begin(), originals.end(), 0.0), 0.0);
}

}  // namespace
}  // namespace ganymede::eval
