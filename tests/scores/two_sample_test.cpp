#include "scores/two_sample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace ganymede::scores {
namespace {

const base::Shape image = {8, 8, 1};

/// Noise of which each byte is below `end`; each seed draws other images.
std::vector<std::uint8_t> noise(std::uint64_t seed, std::int64_t count, std::uint32_t end = 200) {
  std::vector<std::uint8_t> images;
  for (std::int64_t n = 0; n < count * image.elements(); ++n) {
    images.push_back(static_cast<std::uint8_t>(base::bounded(base::random_word({.seed = seed}, n), end)));
  }
  return images;
}

TEST(TwoSampleAccuracy, IsThatOfChanceForImagesOfOneKind) {
  const ops::Device device;
  const eval::Estimate found = two_sample_accuracy(noise(1, 1000), noise(2, 1000), image, 0, device);
  EXPECT_NEAR(found.value, 0.5, 0.08);
  EXPECT_NEAR(found.deviation, std::sqrt(0.25 / 1000.0), 1e-3);
}

TEST(TwoSampleAccuracy, IsHighForImagesOfTwoKinds) {
  const ops::Device device;
  EXPECT_GT(two_sample_accuracy(noise(1, 1000), noise(2, 1400, 120), image, 0, device).value, 0.95);
}

TEST(TwoSampleAccuracy, IsNotMisledByTheOrderOfTheImages) {
  const ops::Device device;
  // The real images are of two kinds, one after the other, and so are the generated ones, in the other order.
  std::vector<std::uint8_t> real = noise(1, 600, 100);
  std::vector<std::uint8_t> generated = noise(3, 600);
  const std::vector<std::uint8_t> more_real = noise(2, 600), more_generated = noise(4, 600, 100);
  real.insert(real.end(), more_real.begin(), more_real.end());
  generated.insert(generated.end(), more_generated.begin(), more_generated.end());
  EXPECT_NEAR(two_sample_accuracy(generated, real, image, 0, device).value, 0.5, 0.08);
}

TEST(TwoSampleAccuracy, FollowsFromTheSeed) {
  const ops::Device device;
  const auto accuracy = [&](std::uint64_t seed) {
    return two_sample_accuracy(noise(1, 1000), noise(2, 1000, 198), image, seed, device).value;
  };
  EXPECT_EQ(accuracy(1), accuracy(1));
}

}  // namespace
}  // namespace ganymede::scores
