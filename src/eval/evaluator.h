#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "eval/classifier.h"
#include "eval/metrics/distances.h"
#include "eval/metrics/frechet.h"
#include "eval/metrics/neighbours.h"
#include "eval/scores.h"

namespace ganymede::eval {

/// Images of bytes with their labels.
struct LabelledImages {
  std::span<const std::uint8_t> pixels;  ///< [count, height, width, channels]
  std::span<const std::uint8_t> labels;  ///< [count]
};

/// What generated images are compared with.
struct Reference {
  LabelledImages test;   ///< the real images
  LabelledImages train;  ///< what a generator may have learnt by heart
};

/// How scores are measured.
struct EvaluationSettings {
  std::int64_t resamples = 100;  ///< of the bootstrap
  std::uint64_t seed = 0;  ///< of the bootstrap, the subsets of the kernel distance and the floor's images
};

/// What an evaluation found.
struct Evaluation {
  std::int64_t count = 0;                                    ///< of images
  Scores scores;                                             ///< with their deviations
  std::vector<double> label_shares;                          ///< by class, as the classifier reads them
  std::vector<std::pair<std::string_view, double>> seconds;  ///< what each part took
};

/// Measures images against a reference, which it reads once. The features are the classifier's. An image is a
/// near copy if a training image is nearer to it, in pixels, than to 99% of the test images.
class Evaluator {
 public:
  /// Fewer images than this cannot be measured.
  static constexpr std::int64_t fewest_images = 10;

  /// `classifier`, `device` and the reference's memory must outlive it. Throws Error(data) for a reference of
  /// too few images.
  Evaluator(Classifier& classifier, const Reference& reference, const EvaluationSettings& settings,
            const ops::Device& device);

  /// Scores of images [count, height, width, channels], made for `labels` [count] where there are such.
  /// Throws Error(data) for too few.
  Evaluation evaluate(std::span<const std::uint8_t> images, std::span<const std::uint8_t> labels = {});

  /// The scores that `count` training images reach, drawn at random; at most as many as there are. What no
  /// generator can be expected to better.
  Evaluation floor(std::int64_t count);

 private:
  Evaluation measure(const LabelledImages& images, std::span<const std::uint32_t> training_numbers);
  void measure_labels(const Readings& readings, std::span<const std::uint8_t> labels, Scores& scores) const;
  void measure_neighbours(const Features& features, Scores& scores) const;
  void measure_copies(std::span<const std::uint8_t> images, std::span<const std::uint32_t> training_numbers,
                      Scores& scores) const;
  Estimate mean_of(std::span<const float> values) const;

  Classifier& classifier_;
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
