#include "data/stacking.h"

#include <gmock/gmock.h>

#include <array>
#include <set>

#include "base/random.h"
#include "data/batch.h"
#include "io/mutation.h"

namespace ganymede::data {
namespace {

/// Images of 1 by 2 pixels: image n is n and 100 + n.
Split images(std::uint8_t count) {
  Split split;
  for (std::uint8_t n = 0; n < count; ++n) {
    split.pixels.insert(split.pixels.end(), {n, static_cast<std::uint8_t>(100 + n)});
    split.labels.push_back(n % 3);
  }
  return split;
}

Dataset digits() {
  return {.name = "digits",
          .height = 1,
          .width = 2,
          .class_names = {"0", "1", "2"},
          .train = images(50),
          .test = images(7),
          .files = {}};
}

TEST(Stacking, NamesTheDataThatIsStacked) {
  EXPECT_EQ(digits_of("stacked-mnist"), "mnist");
  EXPECT_EQ(digits_of("stacked-path/to/files"), "path/to/files");
  EXPECT_EQ(digits_of("mnist"), std::nullopt);
}

TEST(Stacking, MakesFourImagesOfThreeChannelsForEach) {
  const Dataset stacks = stack(digits());
  EXPECT_EQ(stacks.name, "stacked-digits");
  EXPECT_EQ(stacks.channels, 3);
  EXPECT_EQ(stacks.height, 1);
  EXPECT_EQ(stacks.width, 2);
  EXPECT_EQ(stacks.classes(), 1);
  EXPECT_EQ(stacks.train.count(), 200U);
  EXPECT_EQ(stacks.test.count(), 28U);
  EXPECT_EQ(stacks.train.image_size(), 6U);
  EXPECT_THAT(stacks.train.labels, testing::Each(0));
}

TEST(Stacking, EveryChannelIsTheImageThatItsRandomWordNames) {
  const Dataset stacks = stack(digits());
  const auto expect_drawn = [](const Split& split, std::uint32_t number, std::uint32_t of) {
    for (std::size_t n = 0; n < split.count(); ++n) {
      const auto image = split.image(n);
      for (std::size_t channel = 0; channel < 3; ++channel) {
        const std::uint32_t drawn = base::bounded(
            base::random_word({.seed = 0, .purpose = base::Purpose::stack, .stream = number, .step = 0},
                              3 * n + channel),
            of);
        EXPECT_EQ(image[channel], drawn);
        EXPECT_EQ(image[3 + channel], 100 + drawn);
      }
    }
  };
  expect_drawn(stacks.train, 0, 50);
  expect_drawn(stacks.test, 1, 7);
}

TEST(Stacking, DrawsEveryImageInEveryChannel) {
  const Dataset stacks = stack(digits());
  std::array<std::set<std::uint32_t>, 3> drawn;
  std::set<std::array<std::uint32_t, 3>> different;
  for (const auto& planes : stacks.train.stacks->planes) {
    different.insert(planes);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      drawn[channel].insert(planes[channel]);
    }
  }
  // 200 draws of 50 leave out one in 50 (1 - 1/50)^200, about 0.9 of them.
  for (const auto& channel : drawn) {
    EXPECT_GT(channel.size(), 45U);
  }
  EXPECT_GT(different.size(), 195U);
}

TEST(Stacking, BatchesAreGatheredFromTheChannels) {
  const Dataset stacks = stack(digits());
  const std::vector<std::uint32_t> indices = {3, 0};
  std::vector<float> batch(12);
  gather(stacks.train, indices, {.low = 0.0F, .high = 255.0F}, batch);
  for (std::size_t n = 0; n < indices.size(); ++n) {
    const auto image = stacks.train.image(indices[n]);
    for (std::size_t at = 0; at < image.size(); ++at) {
      EXPECT_FLOAT_EQ(batch[n * image.size() + at], image[at]);
    }
  }
}

TEST(Stacking, WorksWithoutTheTestSplit) {
  Dataset training = digits();
  training.test = {};
  const Dataset stacks = stack(std::move(training));
  EXPECT_EQ(stacks.test.count(), 0U);
  EXPECT_EQ(stacks.train.count(), 200U);
}

TEST(Stacking, RefusesImagesOfSeveralChannels) {
  test::expect_error(base::ErrorKind::data, {"stacked-digits", "3 channels", "one channel"},
                     [] { stack(stack(digits())); });
}

}  // namespace
}  // namespace ganymede::data
