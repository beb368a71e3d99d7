#pragma once

#include <limits>
#include <string_view>
#include <vector>

namespace ganymede::eval {

/// A number with the deviation of its bootstrap resamples; NaN where there is nothing to measure.
struct Estimate {
  double value = std::numeric_limits<double>::quiet_NaN();      ///< the score
  double deviation = std::numeric_limits<double>::quiet_NaN();  ///< the standard deviation over the resamples
};

/// What is measured in a second or third space of features.
struct SpaceScores {
  Estimate frechet_distance;  ///< as that of Scores
  Estimate precision;         ///< as that of Scores
  Estimate recall;            ///< as that of Scores
};

/// Scores of generated images.
struct Scores {
  Estimate frechet_distance;     ///< of the classifier's features; an FID is of Inception's
  Estimate kernel_distance;      ///< KID: the mean over subsets
  Estimate kernel_distance_std;  ///< the standard deviation of KID over the subsets
  Estimate precision;            ///< share of generated images among the real ones
  Estimate recall;               ///< share of real images among the generated ones
  Estimate density;              ///< mean number of real images' balls around a generated one, over k
  Estimate coverage;             ///< share of real images with a generated one in their ball
  Estimate label_divergence;     ///< KL divergence of the labels' shares, in nats
  Estimate confidence;           ///< mean of the largest probability
  Estimate classifier_score;     ///< the inception score with this classifier
  Estimate label_accuracy;       ///< share of images read as the requested label
  Estimate neighbour_distance;   ///< mean distance to the nearest training image
  Estimate near_copies;          ///< share of images that nearly copy a training image
  SpaceScores independent;       ///< by a classifier that had no part in choosing a generator
  SpaceScores pixels;            ///< by the principal components of the pixels
  Estimate
      two_sample_accuracy;  ///< how often a network tells a generated image from a real one; 0.5: by chance
  Estimate broken;          ///< share of images far from all real ones (BrokenImages)
  Estimate black_pixels;    ///< share of pixels that are 0
  Estimate white_pixels;    ///< share of pixels of at least 250
  Estimate laplacian;       ///< mean difference of a pixel from its neighbours (PixelStatistics)
};

/// Which direction is better; `neither`: nearer to the floor is better.
enum class Better { lower, higher, neither };

/// The names and the direction of a score.
struct ScoreInfo {
  std::string_view key;           ///< in files
  std::string_view title;         ///< in tables
  Better better = Better::lower;  ///< the direction of better values
  int decimals = 3;               ///< in tables
};

/// The scores in the order of tables, under the names that files, tables and plots use.
template <class Visitor>
void for_each_score(const Scores& scores, Visitor&& visit) {
  using enum Better;
  visit(ScoreInfo{"frechet_distance", "Fréchet distance (not FID)", lower, 3}, scores.frechet_distance);
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
  visit(ScoreInfo{"independent_frechet", "Fréchet, independent", lower, 3},
        scores.independent.frechet_distance);
  visit(ScoreInfo{"independent_precision", "precision, independent (k = 5)", higher, 3},
        scores.independent.precision);
  visit(ScoreInfo{"independent_recall", "recall, independent (k = 5)", higher, 3}, scores.independent.recall);
  visit(ScoreInfo{"pixel_frechet", "Fréchet, pixels", lower, 3}, scores.pixels.frechet_distance);
  visit(ScoreInfo{"pixel_precision", "precision, pixels (k = 3)", higher, 3}, scores.pixels.precision);
  visit(ScoreInfo{"pixel_recall", "recall, pixels (k = 3)", higher, 3}, scores.pixels.recall);
  visit(ScoreInfo{"two_sample_accuracy", "told from real images", lower, 3}, scores.two_sample_accuracy);
  visit(ScoreInfo{"broken", "share of broken images", lower, 4}, scores.broken);
  visit(ScoreInfo{"black_pixels", "share of black pixels", neither, 4}, scores.black_pixels);
  visit(ScoreInfo{"white_pixels", "share of white pixels", neither, 4}, scores.white_pixels);
  visit(ScoreInfo{"laplacian", "mean Laplacian", neither, 4}, scores.laplacian);
}

/// Scores of the images of each class, by the labels of either side; empty without labels.
struct ClassScores {
  std::vector<double> distances;  ///< Fréchet; not a number where a class has too few images
  std::vector<double> recalls;    ///< not a number where there are no real images
};

/// Classification accuracy scores (Ravuri and Vinyals 2019).
struct ClassificationScores {
  Estimate train_on_generated;  ///< of a classifier trained on generated images, on real ones
  Estimate test_on_generated;   ///< of the classifier for real images, on generated ones
};

/// The same for classification accuracy scores.
template <class Visitor>
void for_each_score(const ClassificationScores& scores, Visitor&& visit) {
  using enum Better;
  visit(ScoreInfo{"train_on_generated", "learnt from generated", higher, 4}, scores.train_on_generated);
  visit(ScoreInfo{"test_on_generated", "tested on generated", higher, 4}, scores.test_on_generated);
}

}  // namespace ganymede::eval
