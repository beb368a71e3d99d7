#include "eval/stacked.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "eval/small_classifier.h"

namespace ganymede::eval {
namespace {

TEST(Stacked, ModesAreTheLabelsOfTheChannels) {
  const ops::Device device;
  Classifier classifier(small_classifier(), drawn_weights(small_classifier()), device);
  const Patterns drawn = patterns(1, 60);
  const Readings readings = classifier.read(drawn.pixels);
  constexpr std::int64_t pixels = small_side * small_side;
  std::vector<std::uint8_t> stacks;  // [20, 8, 8, 3]: images n, n + 20 and n + 40
  for (std::int64_t n = 0; n < 20; ++n) {
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
      for (std::int64_t c = 0; c < 3; ++c) {
        stacks.push_back(drawn.pixels[(n + 20 * c) * pixels + pixel]);
      }
    }
  }
  const std::vector<std::uint32_t> modes = stacked_modes(classifier, stacks);
  ASSERT_EQ(modes.size(), 20U);
  for (std::int64_t n = 0; n < 20; ++n) {
    EXPECT_EQ(modes[n], 16 * readings.label(n) + 4 * readings.label(n + 20) + readings.label(n + 40)) << n;
  }
}

TEST(Stacked, ScoresCountModesAndMeasureHowEvenTheyAre) {
  const std::vector<std::uint32_t> even = {0, 1, 2, 3};
  const StackedScores all = score_modes(even, 4, {.resamples = 0});
  EXPECT_EQ(all.modes.value, 4.0);
  EXPECT_NEAR(all.divergence.value, 0.0, 1e-12);
  const std::vector<std::uint32_t> collapsed = {7, 7, 7, 5};
  const StackedScores two = score_modes(collapsed, 8, {.resamples = 50});
  EXPECT_EQ(two.modes.value, 2.0);
  EXPECT_NEAR(two.divergence.value, 0.75 * std::log(6.0) + 0.25 * std::log(2.0), 1e-12);
  EXPECT_GT(two.divergence.deviation, 0.0);
}

TEST(Stacked, StacksAreOfRealImages) {
  const Patterns drawn = patterns(1, 5);
  constexpr std::size_t pixels = small_side * small_side;
  const std::vector<std::uint8_t> stacks = stack({drawn.pixels, drawn.labels}, 40, 1);
  ASSERT_EQ(stacks.size(), 40 * 3 * pixels);
  std::vector<int> used(5);
  for (std::size_t channel = 0; channel < 3 * 40; ++channel) {
    int found = -1;
    for (int image = 0; image < 5; ++image) {
      bool same = true;
      for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        same = same && stacks[(channel / 3 * pixels + pixel) * 3 + channel % 3] ==
                           drawn.pixels[image * pixels + pixel];
      }
      found = same ? image : found;
    }
    ASSERT_GE(found, 0);
    ++used[found];
  }
  EXPECT_THAT(used, testing::Each(testing::Gt(8)));
  EXPECT_NE(stacks, stack({drawn.pixels, drawn.labels}, 40, 2));
}

}  // namespace
}  // namespace ganymede::eval
