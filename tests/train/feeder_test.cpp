#include "train/feeder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/fixtures.h"

namespace ganymede::train {
namespace {

using testing::ElementsAreArray;
using testing::Not;

/// The labels that the generator's first update reads, and those of the real images before it.
struct FedLabels {
  std::vector<std::int32_t> generator, real;
};

FedLabels first_labels(std::string_view loss) {
  const Recipe recipe = shipped_recipe("conditional", {"training.precision=f32", "training.batch_size=32",
                                                       "objective.loss=" + std::string(loss)});
  const data::Dataset& images = mnist();
  const ops::Device device;
  Gan gan(recipe, {images.height, images.width, images.channels}, images.classes(), device);
  Feeder feeder(recipe, images.train, images.classes());
  feeder.feed_discriminator(0, gan);
  FedLabels labels;
  labels.real.assign(gan.real_labels().begin(), gan.real_labels().end());
  feeder.feed_generator(0, gan);
  labels.generator.assign(gan.generator_labels().begin(), gan.generator_labels().end());
  return labels;
}

TEST(Feeder, GivesBothImagesOfAPairOneLabel) {
  const FedLabels labels = first_labels("relativistic");
  EXPECT_THAT(labels.generator, ElementsAreArray(labels.real));
}

TEST(Feeder, DrawsTheGeneratorsLabelsWhereNothingIsPaired) {
  const FedLabels labels = first_labels("bce_with_logits");
  EXPECT_THAT(labels.generator, Not(ElementsAreArray(labels.real)));
}

}  // namespace
}  // namespace ganymede::train
