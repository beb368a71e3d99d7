#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "train/trainer.h"

namespace ganymede::serve {

/// A copy of a network's numbers.
struct WeightsCopy {
  std::vector<float> parameters, states;  ///< as in net::Weights

  /// Copies from, or to, the weights of a network of the same description.
  void take(net::Weights& weights);
  void give(net::Weights& weights) const;
};

/// The first samples of a batch.
struct BatchCopy {
  std::int64_t count = 0;
  std::vector<float> images = {};         ///< [count, height, width, channels]
  std::vector<std::int32_t> labels = {};  ///< [count], of the images and of those that the generator makes
  std::vector<float> latents = {};        ///< [count, latent]
};

/// What a training's networks are at a moment of it.
struct Look {
  std::int64_t number = 0;             ///< no other look of the training has it
  train::Position position;            ///< of a step that is under way, before it
  std::optional<train::Phase> phase;   ///< of that step; nothing between two steps
  std::shared_ptr<const Look> before;  ///< at the phase before it; null at the first and between two steps
  WeightsCopy generator, partner;
  double seconds = 0.0;                       ///< that the copy took
  BatchCopy batch;                            ///< of the step, if there is a phase
  std::optional<train::StepMetrics> metrics;  ///< of the last step, or what is measured of this one so far
};

/// The first samples, a few at most, of a batch of images of `image_size` numbers; the labels of a batch
/// without are zero.
BatchCopy beginning_of(const train::Batch& batch, std::size_t image_size);

}  // namespace ganymede::serve
