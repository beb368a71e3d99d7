#pragma once

#include <limits>
#include <string_view>

namespace ganymede::eval {

/// A number with the deviation of its bootstrap resamples; NaN where there is nothing to measure.
struct Estimate {
  double value = std::numeric_limits<double>::quiet_NaN();
  double deviation = std::numeric_limits<double>::quiet_NaN();
};

/// How good generated images are.
struct Scores {
  Estimate frechet_distance;
  Estimate kernel_distance;
  Estimate kernel_distance_std;
  Estimate precision;
  Estimate recall;
  Estimate density;
  Estimate coverage;
  Estimate label_divergence;
  Estimate confidence;
  Estimate classifier_score;
  Estimate label_accuracy;
  Estimate neighbour_distance;
  Estimate near_copies;
};

/// Which way is better; `neither`: the nearer to the floor.
enum class Better { lower, higher, neither };

/// How a score is called and read.
struct ScoreInfo {
  std::string_view key;    ///< in files
  std::string_view title;  ///< in tables
  Better better = Better::lower;
  int decimals = 3;
};

/// The scores in the order of tables, under the names that files, tables and plots use.
template <class Visitor>
void for_each_score(const Scores& scores, Visitor&& visit) {
  using enum Better;
  visit(ScoreInfo{"frechet_distance", "Fréchet distance", lower, 3}, scores.frechet_distance);
  visit(ScoreInfo{"kernel_distance", "kernel distance (KID)", lower, 5}, scores.kernel_distance);
  visit(ScoreInfo{"kernel_distance_std", "  its deviation by subset", neither, 5},
        scores.kernel_distance_std);
  visit(ScoreInfo{"precision", "precision (k = 3)", higher, 3}, scores.precision);
  visit(ScoreInfo{"recall", "recall (k = 3)", higher, 3}, scores.recall);
  visit(ScoreInfo{"density", "density (k = 5)", higher, 3}, scores.density);
  visit(ScoreInfo{"coverage", "coverage (k = 5)", higher, 3}, scores.coverage);
  visit(ScoreInfo{"label_divergence", "KL of the labels", lower, 4}, scores.label_divergence);
  visit(ScoreInfo{"confidence", "mean confidence", higher, 4}, scores.confidence);
  visit(ScoreInfo{"classifier_score", "classifier score", higher, 3}, scores.classifier_score);
  visit(ScoreInfo{"label_accuracy", "label accuracy", higher, 4}, scores.label_accuracy);
  visit(ScoreInfo{"neighbour_distance", "nearest training image", neither, 3}, scores.neighbour_distance);
  visit(ScoreInfo{"near_copies", "share of near copies", neither, 4}, scores.near_copies);
}

/// Classification accuracy scores (Ravuri and Vinyals 2019).
struct ClassificationScores {
  Estimate train_on_generated;
  Estimate test_on_generated;
};

template <class Visitor>
void for_each_score(const ClassificationScores& scores, Visitor&& visit) {
  using enum Better;
  visit(ScoreInfo{"train_on_generated", "learnt from generated", higher, 4}, scores.train_on_generated);
  visit(ScoreInfo{"test_on_generated", "tested on generated", higher, 4}, scores.test_on_generated);
}

}  // namespace ganymede::eval
