#include "train/feeder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/fixtures.h"

namespace ganymede::train {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::Not;

Recipe small(std::string_view recipe, std::vector<std::string> overrides = {}) {
  overrides.insert(overrides.end(), {"training.precision=f32", "training.batch_size=32"});
  return shipped_recipe(recipe, overrides);
}

/// The values of a batch, which outlive the feeder's next one.
struct Copy {
  explicit Copy(const Batch& batch)
      : images(batch.images.begin(), batch.images.end()),
        labels(batch.labels.begin(), batch.labels.end()),
        latents(batch.latents.begin(), batch.latents.end()) {}

  std::vector<float> images;
  std::vector<std::int32_t> labels;
  std::vector<float> latents;

  friend bool operator==(const Copy&, const Copy&) = default;
};

TEST(Feeder, FeedsTheDiscriminatorImagesInThePixelRange) {
  Feeder feeder(small("conditional"), mnist().train, 10);
  const Batch batch = feeder.discriminator_batch(5);
  EXPECT_EQ(batch.images.size(), 32 * 784);
  EXPECT_EQ(batch.labels.size(), 32);
  EXPECT_EQ(batch.latents.size(), 32 * 100);
  const auto [low, high] = std::ranges::minmax(batch.images);
  EXPECT_EQ(low, -1.0F);
  EXPECT_EQ(high, 1.0F);
}

TEST(Feeder, MakesEveryBatchOfItsNumberAlone) {
  Feeder feeder(small("conditional"), mnist().train, 10);
  const Copy fifth(feeder.discriminator_batch(5));
  const Copy latents(feeder.generator_batch(5));
  const Copy sixth(feeder.discriminator_batch(6));
  EXPECT_NE(sixth.images, fifth.images);
  EXPECT_NE(sixth.latents, fifth.latents);
  EXPECT_NE(Copy(feeder.generator_batch(6)).latents, latents.latents);
  EXPECT_EQ(Copy(feeder.discriminator_batch(5)), fifth);
  EXPECT_EQ(Copy(feeder.generator_batch(5)), latents);
}

TEST(Feeder, FeedsAVaeOtherImagesAndNoiseInEachStep) {
  Feeder feeder(small("vae"), mnist().train, 10);
  const Copy fifth(feeder.vae_batch(5));
  const Copy sixth(feeder.vae_batch(6));
  EXPECT_NE(sixth.images, fifth.images);
  EXPECT_NE(sixth.latents, fifth.latents);
  EXPECT_EQ(Copy(feeder.vae_batch(5)), fifth);
}

/// With three updates of the discriminator a step: the last batch before the generator's second, and that
/// one.
std::pair<Copy, Copy> last_and_second(const std::string& setting) {
  Feeder feeder(small("conditional", {setting, "training.discriminator_steps=3"}), mnist().train, 10);
  const Copy last(feeder.discriminator_batch(5));
  return {last, Copy(feeder.generator_batch(1))};
}

TEST(Feeder, GivesTheGeneratorTheImagesItsPairsAreMadeWith) {
  const auto [last, batch] = last_and_second("objective.loss=relativistic");
  EXPECT_THAT(batch.labels, ElementsAreArray(last.labels));
  EXPECT_THAT(batch.images, ElementsAreArray(last.images));
}

TEST(Feeder, GivesTheGeneratorThePointsAndLabelsOfTheImagesThatItShares) {
  const auto [last, batch] = last_and_second("training.fakes=shared");
  EXPECT_THAT(batch.latents, ElementsAreArray(last.latents));
  EXPECT_THAT(batch.labels, ElementsAreArray(last.labels));
  EXPECT_THAT(batch.images, IsEmpty());
}

TEST(Feeder, DrawsTheGeneratorsLabelsWhereNothingIsPaired) {
  Feeder feeder(small("conditional"), mnist().train, 10);
  const Copy real(feeder.discriminator_batch(0));
  const Batch batch = feeder.generator_batch(0);
  EXPECT_THAT(batch.labels, Not(ElementsAreArray(real.labels)));
  EXPECT_THAT(batch.images, IsEmpty());
}

}  // namespace
}  // namespace ganymede::train
