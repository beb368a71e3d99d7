#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "eval/classifier.h"
#include "eval/evaluator.h"
#include "eval/scores.h"

/// Stacked MNIST (Metz et al. 2017): three digits as the channels of an image make one of 1,000 modes.
namespace ganymede::eval {

constexpr std::int64_t stacked_channels = 3;  ///< The digits in an image.
/// The number of images of published results (Srivastava et al. 2017).
constexpr std::int64_t stacked_image_count = 26'000;

/// Scores of stacked images.
struct StackedScores {
  Estimate modes;       ///< how many modes occur
  Estimate divergence;  ///< KL divergence of their shares from the uniform distribution, in nats
};

/// The scores of stacks in the order of tables, as eval::for_each_score() of others.
template <class Visitor>
void for_each_score(const StackedScores& scores, Visitor&& visit) {
  visit(ScoreInfo{"modes", "modes", Better::higher, 0}, scores.modes);
  visit(ScoreInfo{"divergence", "KL from uniform", Better::lower, 4}, scores.divergence);
}

/// Which mode each image [count, height, width, 3] is of, by the most probable label c of each channel:
/// (c_0 classes + c_1) classes + c_2.
std::vector<std::uint32_t> stacked_modes(Classifier& classifier, std::span<const std::uint8_t> images);

/// The number of `all` modes that occur, and the Kullback-Leibler divergence of their shares from the uniform
/// distribution, in nats.
StackedScores score_modes(std::span<const std::uint32_t> modes, std::int64_t all,
                          const EvaluationSettings& settings);

/// score_modes() of the modes of images [count, height, width, 3].
StackedScores score_stacks(Classifier& classifier, std::span<const std::uint8_t> images,
                           const EvaluationSettings& settings);

/// `count` stacks [count, height, width, 3] of images drawn at random.
std::vector<std::uint8_t> stack(const LabelledImages& images, std::int64_t count, std::uint64_t seed);

}  // namespace ganymede::eval
