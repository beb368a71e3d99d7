#include "eval/label_statistics.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "eval/golden.h"
#include "ops/elementwise/softmax.h"

namespace ganymede::eval {
namespace {

using testing::ElementsAre;

Readings readings(std::int64_t classes, std::vector<float> probabilities) {
  const auto count = probabilities.size() / static_cast<std::size_t>(classes);
  return {.feature_count = 1,
          .classes = classes,
          .features = std::vector<float>(count),
          .probabilities = std::move(probabilities)};
}

TEST(LabelStatistics, SharesAreOfTheMostProbableLabels) {
  const Readings four = readings(3, {0.8F, 0.1F, 0.1F, 0.2F, 0.2F, 0.6F, 0.4F, 0.3F, 0.3F, 0.9F, 0.1F, 0.0F});
  EXPECT_THAT(label_shares(four), ElementsAre(0.75, 0.0, 0.25));
  EXPECT_THAT(label_shares(four, std::vector<float>{0.0F, 3.0F, 1.0F, 0.0F}), ElementsAre(0.25, 0.0, 0.75));
  EXPECT_THAT(label_shares(std::vector<std::uint16_t>{2, 1, 2, 2}, 3), ElementsAre(0.0, 0.25, 0.75));
}

TEST(LabelStatistics, DivergenceIsZeroForEqualSharesAndSkipsEmptyOnes) {
  const std::vector<double> even = {0.5, 0.5};
  EXPECT_EQ(divergence(even, even), 0.0);
  EXPECT_NEAR(divergence(std::vector<double>{1.0, 0.0}, even), std::log(2.0), 1e-12);
  EXPECT_NEAR(divergence(std::vector<double>{0.75, 0.25}, even), 0.75 * std::log(1.5) + 0.25 * std::log(0.5),
              1e-12);
}

TEST(LabelStatistics, ClassifierScoreAgreesWithTorchFidelity) {
  const auto& expected = golden()["classifier_score"];
  std::vector<float> probabilities = expected["logits"];
  const std::int64_t classes = expected["classes"];
  ops::softmax(probabilities, classes, probabilities);
  const double score = expected["score"];
  EXPECT_NEAR(classifier_score(readings(classes, probabilities)), score, relative_tolerance * score);
}

TEST(LabelStatistics, ClassifierScoreCountsTheClassesThatAreSure) {
  const Readings sure = readings(3, {1.0F, 0.0F, 0.0F, 0.0F, 1.0F, 0.0F});
  EXPECT_NEAR(classifier_score(sure), 2.0, 1e-9);
  EXPECT_NEAR(classifier_score(sure, std::vector<float>{2.0F, 0.0F}), 1.0, 1e-9);
}

}  // namespace
}  // namespace ganymede::eval
