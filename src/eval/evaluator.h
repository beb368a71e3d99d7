#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "eval/broken_images.h"
#include "eval/feature_reader.h"
#include "eval/feature_space.h"
#include "eval/metrics/distances.h"
#include "eval/scores.h"

namespace ganymede::eval {

/// Images of bytes with their labels.
struct LabelledImages {
  std::span<const std::uint8_t> pixels;   ///< [count, height, width, channels]
  std::span<const std::uint16_t> labels;  ///< [count]
};

/// The same in memory of their own.
struct LabelledCopies {
  std::vector<std::uint8_t> pixels;    ///< [count, height, width, channels]
  std::vector<std::uint16_t> labels;   ///< [count]
  std::vector<std::uint32_t> numbers;  ///< [count], that they have among the images they are copies of

  LabelledImages view() const { return {pixels, labels}; }  ///< Of this object's memory.
};

/// The images for comparison.
struct Reference {
  LabelledImages test;   ///< the real images
  LabelledImages train;  ///< what a generator may copy
};

/// The spaces of features that images are compared in.
struct Readers {
  FeatureReader main;                             ///< all scores are measured by this one
  std::optional<FeatureReader> independent = {};  ///< a classifier that had no part in choosing a generator
  std::optional<FeatureReader> pixels = {};       ///< features that no training touched
};

/// How scores are measured.
struct EvaluationSettings {
  std::int64_t resamples = 100;  ///< of the bootstrap
  std::uint64_t seed = 0;  ///< of the bootstrap, the subsets of the kernel distance and the floor's images
  bool broken = true;      ///< judge which images are broken, where there is a second reader
  bool copies = true;      ///< look for the training image that is nearest to each
};

/// The result of an evaluation.
struct Evaluation {
  std::int64_t count = 0;                                    ///< of images
  Scores scores;                                             ///< with their deviations
  std::vector<double> label_shares;                          ///< by class, read by the classifier
  ClassScores by_class;                                      ///< by the first reader
  std::vector<std::pair<std::string_view, double>> seconds;  ///< the time of each part
};

/// Measures images against a reference, which it reads once. What is measured of labels is not a number where
/// the main reader knows none, nor is what a second or third reader would measure. An image is a near copy if
/// a training image is nearer to it, in pixels, than to 99% of the test images.
class Evaluator {
 public:
  /// The smallest number of images to score.
  static constexpr std::int64_t fewest_images = 10;

  /// What the readers refer to, `device` and the reference's memory must outlive it. Throws Error(data) for a
  /// reference of too few images.
  Evaluator(Readers readers, const Reference& reference, const EvaluationSettings& settings,
            const ops::Device& device);

  /// Scores of images [count, height, width, channels], made for `labels` [count] where there are such.
  /// Throws Error(data) for too few.
  Evaluation evaluate(std::span<const std::uint8_t> images, std::span<const std::uint16_t> labels = {});

  /// The images from number `first` on of all training images in random order: `count`, or as many as there
  /// are.
  LabelledCopies training_images(std::int64_t first, std::int64_t count) const;
  /// The scores of `count` training images from number 0 on against the test images: what chance and the
  /// difference of the two splits leave.
  Evaluation floor(std::int64_t count);
  /// The scores of `count` training images from number 0 on against the next ones, as many as there are test
  /// images, and those that are left to train on: what chance alone leaves. Of a third of all each where
  /// there are too few; nothing where that is too few to measure.
  std::optional<Evaluation> training_floor(std::int64_t count) const;

 private:
  /// The training images, of which an image may be a copy.
  struct Originals {
    Points pixels;
    float near = 0.0F;  ///< the distance under which an image is a near copy
  };

  Evaluation measure(const LabelledImages& images, std::span<const std::uint32_t> training_numbers);
  void measure_labels(const Readings& readings, std::span<const std::uint16_t> labels, Scores& scores) const;
  Estimate frechet_distance(const FeatureSpace& space, const Readings& readings) const;
  void measure_kernel_distance(const Features& features, Scores& scores) const;
  /// Returns what the space's reader makes of the images.
  Readings measure_space(const FeatureSpace& space, std::span<const std::uint8_t> images,
                         SpaceScores& scores) const;
  void measure_pixels(std::span<const std::uint8_t> images, Scores& scores) const;
  void measure_copies(const Originals& originals, std::span<const std::uint8_t> images,
                      std::span<const std::uint32_t> training_numbers, Scores& scores) const;
  Estimate mean_of(std::span<const float> values) const;

  Readers readers_;
  Reference reference_;
  EvaluationSettings settings_;
  const ops::Device& device_;
  std::vector<double> real_shares_;  ///< of the test images' labels
  FeatureSpace space_;               ///< of the main reader
  std::optional<FeatureSpace> independent_;
  std::optional<FeatureSpace> pixels_;
  std::optional<BrokenImages> broken_;  ///< by the main reader and the next
  std::optional<Originals> originals_;
};

}  // namespace ganymede::eval
