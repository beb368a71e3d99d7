#include "eval/evaluator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "eval/label_statistics.h"
#include "eval/small_classifier.h"
#include "io/mutation.h"

namespace ganymede::eval {
namespace {

/// An evaluator over drawn patterns.
struct Fixture {
  ops::Device device;
  Patterns test = patterns(1, 300);
  Patterns train = patterns(2, 600);
  Classifier classifier{small_classifier(), drawn_weights(small_classifier()), device};
  Evaluator evaluator{{.main = reader_of(classifier)},
                      {{test.pixels, test.labels}, {train.pixels, train.labels}},
                      {.resamples = 20, .seed = 1},
                      device};
};

std::vector<double> values_of(const Scores& scores) {
  std::vector<double> values;
  for_each_score(scores, [&](const ScoreInfo&, const Estimate& estimate) {
    values.push_back(std::isnan(estimate.value) ? -1.0 : estimate.value);
  });
  return values;
}

TEST(Evaluator, FindsTheTestImagesThemselvesPerfect) {
  Fixture fixture;
  const Evaluation same = fixture.evaluator.evaluate(fixture.test.pixels);
  EXPECT_EQ(same.count, 300);
  EXPECT_NEAR(same.scores.frechet_distance.value, 0.0, 1e-6);
  EXPECT_EQ(same.scores.precision.value, 1.0);
  EXPECT_EQ(same.scores.recall.value, 1.0);
  EXPECT_EQ(same.scores.coverage.value, 1.0);
  // One in a hundred test images is nearer to the training images than the bound.
  EXPECT_NEAR(same.scores.near_copies.value, 0.01, 1e-9);
}

TEST(Evaluator, TellsCopiesOfTrainingImagesFromFreshOnes) {
  Fixture fixture;
  const Evaluation copies = fixture.evaluator.evaluate(fixture.train.pixels);
  EXPECT_EQ(copies.scores.near_copies.value, 1.0);
  EXPECT_EQ(copies.scores.neighbour_distance.value, 0.0);
  const Evaluation fresh = fixture.evaluator.evaluate(patterns(3, 600).pixels);
  EXPECT_LT(fresh.scores.near_copies.value, 0.05);
  EXPECT_GT(fresh.scores.neighbour_distance.value, 0.1);
}

TEST(Evaluator, LooksForCopiesOnlyWhereAsked) {
  Fixture fixture;
  Evaluator without{
      {.main = reader_of(fixture.classifier)},
      {{fixture.test.pixels, fixture.test.labels}, {fixture.train.pixels, fixture.train.labels}},
      {.resamples = 20, .seed = 1, .copies = false},
      fixture.device};
  const Scores scores = without.evaluate(fixture.train.pixels).scores;
  EXPECT_TRUE(std::isnan(scores.near_copies.value));
  EXPECT_TRUE(std::isnan(scores.neighbour_distance.value));
  EXPECT_EQ(scores.frechet_distance.value,
            fixture.evaluator.evaluate(fixture.train.pixels).scores.frechet_distance.value);
}

TEST(Evaluator, FloorIsWhatFreshImagesReachAndNoCopies) {
  Fixture fixture;
  const Evaluation floor = fixture.evaluator.floor(300);
  const Evaluation fresh = fixture.evaluator.evaluate(patterns(3, 300).pixels);
  EXPECT_EQ(floor.count, 300);
  EXPECT_LT(floor.scores.near_copies.value, 0.05);
  EXPECT_LT(std::abs(floor.scores.frechet_distance.value - fresh.scores.frechet_distance.value),
            6.0 * fresh.scores.frechet_distance.deviation);
  EXPECT_NEAR(floor.scores.neighbour_distance.value, fresh.scores.neighbour_distance.value,
              0.05 * fresh.scores.neighbour_distance.value);
}

TEST(Evaluator, ScoresOneClassWorseThanAll) {
  Fixture fixture;
  Patterns collapsed;
  const Patterns fresh = patterns(3, 1200);
  constexpr std::size_t pixels = small_side * small_side;
  for (std::size_t n = 0; n < 1200; n += small_classes) {
    collapsed.pixels.insert(collapsed.pixels.end(), fresh.pixels.begin() + n * pixels,
                            fresh.pixels.begin() + (n + 1) * pixels);
  }
  const Evaluation one = fixture.evaluator.evaluate(collapsed.pixels);
  const Evaluation all = fixture.evaluator.evaluate(std::span(fresh.pixels).first(300 * pixels));
  EXPECT_GT(one.scores.frechet_distance.value, 2.0 * all.scores.frechet_distance.value);
  EXPECT_GT(one.scores.kernel_distance.value, 2.0 * std::abs(all.scores.kernel_distance.value));
  EXPECT_LT(one.scores.coverage.value, 0.8 * all.scores.coverage.value);
}

TEST(Evaluator, GivesTheKernelDistanceNoIntervalFromOneSubset) {
  Fixture fixture;  // whose subsets have 300 images, as many as there are real ones
  const auto deviation = [&](int count) {
    return fixture.evaluator.evaluate(patterns(3, count).pixels).scores.kernel_distance.deviation;
  };
  EXPECT_TRUE(std::isnan(deviation(200)));
  EXPECT_TRUE(std::isnan(deviation(300)));
  EXPECT_GT(deviation(600), 0.0);
}

TEST(Evaluator, MeasuresLabelsWhereThereAreSome) {
  Fixture fixture;
  const Readings readings = fixture.classifier.read(fixture.test.pixels);
  std::vector<std::uint16_t> as_read;
  for (std::int64_t image = 0; image < readings.count(); ++image) {
    as_read.push_back(static_cast<std::uint16_t>(readings.label(image)));
  }
  EXPECT_EQ(fixture.evaluator.evaluate(fixture.test.pixels, as_read).scores.label_accuracy.value, 1.0);
  const Evaluation without = fixture.evaluator.evaluate(fixture.test.pixels);
  EXPECT_TRUE(std::isnan(without.scores.label_accuracy.value));
  EXPECT_EQ(without.label_shares, label_shares(readings));
}

TEST(Evaluator, GivesTheSameNumbersForTheSameSeed) {
  Fixture fixture;
  Fixture again;
  EXPECT_EQ(values_of(fixture.evaluator.floor(200).scores), values_of(again.evaluator.floor(200).scores));
}

TEST(Evaluator, MeasuresInTheOtherSpacesWhereThereAreReaders) {
  Fixture fixture;
  Classifier other{small_classifier(), drawn_weights(small_classifier()), fixture.device};
  Evaluator evaluator{
      {.main = reader_of(fixture.classifier), .independent = reader_of(other)},
      {{fixture.test.pixels, fixture.test.labels}, {fixture.train.pixels, fixture.train.labels}},
      {.resamples = 0, .seed = 1},
      fixture.device};
  const Patterns fresh = patterns(3, 300);
  const Scores with = evaluator.evaluate(fresh.pixels).scores;
  EXPECT_EQ(with.independent.frechet_distance.value, with.frechet_distance.value) << "the same network";
  EXPECT_LT(with.broken.value, 0.1);
  EXPECT_TRUE(std::isnan(with.pixels.recall.value));
  const Scores without = fixture.evaluator.evaluate(fresh.pixels).scores;
  EXPECT_TRUE(std::isnan(without.independent.frechet_distance.value));
  EXPECT_TRUE(std::isnan(without.broken.value));
  EXPECT_FALSE(std::isnan(without.black_pixels.value));
}

TEST(Evaluator, MeasuresTheDistanceOfEachClass) {
  Fixture fixture;
  Patterns fresh = patterns(3, 1200);
  const std::vector<double> good = fixture.evaluator.evaluate(fresh.pixels, fresh.labels).by_class.distances;
  ASSERT_EQ(good.size(), static_cast<std::size_t>(small_classes));
  // Class 0 is now made as class 1 looks.
  std::ranges::for_each(fresh.labels, [](std::uint16_t& label) { label = label == 1 ? 0 : label; });
  const std::vector<double> bad = fixture.evaluator.evaluate(fresh.pixels, fresh.labels).by_class.distances;
  EXPECT_GT(bad[0], 2.0 * good[0]);
  EXPECT_TRUE(std::isnan(bad[1])) << "there are no images of it";
  EXPECT_EQ(bad[2], good[2]);
}

TEST(Evaluator, MeasuresWhichClassesAreLeftOut) {
  Fixture fixture;
  const Patterns fresh = patterns(3, 1200);
  const Evaluation all = fixture.evaluator.evaluate(fresh.pixels, fresh.labels);
  const std::vector<double> recalls = all.by_class.recalls;
  ASSERT_EQ(recalls.size(), static_cast<std::size_t>(small_classes));
  double weighed = 0.0;
  const std::vector<double> shares = label_shares(fixture.test.labels, small_classes);
  for (std::size_t label = 0; label < recalls.size(); ++label) {
    weighed += shares[label] * recalls[label];
  }
  EXPECT_NEAR(weighed, all.scores.recall.value, 1e-9);
  Patterns without = fresh;  // class 1 looks as class 0 does
  for (std::size_t n = 0; n < without.labels.size(); ++n) {
    if (without.labels[n] == 1) {
      const auto zero = std::ranges::find(fresh.labels, 0) - fresh.labels.begin();
      std::copy_n(fresh.pixels.begin() + zero * small_side * small_side, small_side * small_side,
                  without.pixels.begin() + static_cast<std::ptrdiff_t>(n) * small_side * small_side);
    }
  }
  const std::vector<double> left = fixture.evaluator.evaluate(without.pixels).by_class.recalls;
  EXPECT_LT(left[1], 0.2);
  EXPECT_GT(left[2], 0.5);
}

TEST(Evaluator, TrainingFloorComparesTrainingImagesWithOthers) {
  Fixture fixture;
  const auto floor = fixture.evaluator.training_floor(300);
  ASSERT_TRUE(floor);
  EXPECT_EQ(floor->count, 200) << "a third of all";
  EXPECT_LT(floor->scores.near_copies.value, 0.1);
  Evaluator of_few{{.main = reader_of(fixture.classifier)},
                   {{fixture.test.pixels, fixture.test.labels},
                    {std::span(fixture.train.pixels).first(20 * small_side * small_side),
                     std::span(fixture.train.labels).first(20)}},
                   {.resamples = 0},
                   fixture.device};
  EXPECT_FALSE(of_few.training_floor(300));
}

TEST(Evaluator, RefusesTooFewImages) {
  Fixture fixture;
  test::expect_error(base::ErrorKind::data, {"the images to evaluate", "9 images", "at least 10"},
                     [&] { fixture.evaluator.evaluate(patterns(3, 9).pixels); });
}

TEST(Scores, HaveEachAKeyOfTheirOwn) {
  std::set<std::string> keys;
  std::size_t count = 0;
  const Scores scores;
  for_each_score(scores, [&](const ScoreInfo& info, const Estimate&) {
    keys.emplace(info.key);
    ++count;
  });
  EXPECT_EQ(keys.size(), count);
  EXPECT_EQ(count, sizeof(Scores) / sizeof(Estimate));
}

}  // namespace
}  // namespace ganymede::eval
