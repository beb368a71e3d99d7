#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "eval/feature_reader.h"
#include "eval/metrics/distances.h"
#include "eval/metrics/frechet.h"
#include "eval/metrics/neighbours.h"
#include "eval/scores.h"

namespace ganymede::eval {

/// Images of bytes with their labels.
struct LabelledImages {
  std::span<const std::uint8_t> pixels;   ///< [count, height, width, channels]
  std::span<const std::uint16_t> labels;  ///< [count]
};

/// The images for comparison.
struct Reference {
  LabelledImages test;   ///< the real images
  LabelledImages train;  ///< what a generator may copy
};

/// How scores are measured.
struct EvaluationSettings {
  std::int64_t resamples = 100;  ///< of the bootstrap
  std::uint64_t seed = 0;  ///< of the bootstrap, the subsets of the kernel distance and the floor's images
};

/// The result of an evaluation.
struct Evaluation {
  std::int64_t count = 0;                                    ///< of images
  Scores scores;                                             ///< with their deviations
  std::vector<double> label_shares;                          ///< by class, read by the classifier
  std::vector<std::pair<std::string_view, double>> seconds;  ///< the time of each part
};

/// Measures images against a reference, which it reads once. What is measured of labels is not a number where
/// the reader knows none. An image is a near copy if a training image is nearer to it, in pixels, than to 99%
/// of the test images.
class Evaluator {
 public:
  /// The smallest number of images to score.
  static constexpr std::int64_t fewest_images = 10;

  /// What `reader` refers to, `device` and the reference's memory must outlive it. Throws Error(data) for a
  /// reference of too few images.
  Evaluator(FeatureReader reader, const Reference& reference, const EvaluationSettings& settings,
            const ops::Device& device);

  /// Scores of images [count, height, width, channels], made for `labels` [count] where there are such.
  /// Throws Error(data) for too few.
  Evaluation evaluate(std::span<const std::uint8_t> images, std::span<const std::uint16_t> labels = {});

  /// The scores of `count` random training images, or of all if there are fewer.
  Evaluation floor(std::int64_t count);

 private:
  Evaluation measure(const LabelledImages& images, std::span<const std::uint32_t> training_numbers);
  void measure_labels(const Readings& readings, std::span<const std::uint16_t> labels, Scores& scores) const;
  void measure_neighbours(const Features& features, Scores& scores) const;
  void measure_copies(std::span<const std::uint8_t> images, std::span<const std::uint32_t> training_numbers,
                      Scores& scores) const;
  Estimate mean_of(std::span<const float> values) const;

  FeatureReader reader_;
  Reference reference_;
  EvaluationSettings settings_;
  const ops::Device& device_;
  std::vector<double> real_shares_;  ///< of the test images' labels
  Readings real_;                    ///< the test images
  FrechetDistance frechet_;
  Points real_features_;
  Radii real_radii_;
  Points training_pixels_;
  float near_ = 0.0F;  ///< the distance under which an image is a near copy
};

}  // namespace ganymede::eval
