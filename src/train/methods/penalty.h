#pragma once

#include <cstdint>
#include <span>

#include "net/program.h"

namespace ganymede::train {

/// Penalties on the gradient g of the discriminator's logit by its image, the means over their images:
/// gamma / 2 |g|^2 for R1 and R2 (Mescheder et al. 2018), lambda (|g| - 1)^2 for WGAN-GP (Gulrajani et al.
/// 2017), with the norm over all of an image's elements. Zero: none.
struct PenaltySettings {
  double r1 = 0.0;                ///< gamma, at the real images
  double r2 = 0.0;                ///< gamma, at the generated images
  double gradient_penalty = 0.0;  ///< lambda, at random points between pairs of them
  /// The discriminator's updates from one with penalties to the next, which count so many times as much
  /// there: lazy regularisation (Karras et al. 2020). 1: in every update.
  std::int64_t every = 1;

  /// Whether there are penalties at all.
  bool any() const { return r1 > 0.0 || r2 > 0.0 || gradient_penalty > 0.0; }
  /// Whether the discriminator's update of this number, 0 for the first, has them.
  bool counts_in(std::uint64_t update) const {
    return any() && update % static_cast<std::uint64_t>(every) == 0;
  }
};

/// The discriminator's batch has the real images, the generated ones and, with a gradient penalty, as many
/// points between them.
inline std::int64_t parts_of_batch(const PenaltySettings& penalty) {
  return penalty.gradient_penalty > 0.0 ? 3 : 2;
}

/// The derivatives of the penalties, times `factor`, by the gradients g; both spans are
/// [parts of the batch, pairs, image].
void penalty_directions(const PenaltySettings& penalty, double factor, std::int64_t pairs,
                        std::span<const float> gradients, std::span<float> directions);

/// After the forward pass of a program with a penalty over such a batch: writes the gradients of the weights,
/// of the loss whose derivatives by the logits are `diff_logits` [parts of the batch, pairs] and of the
/// penalties times `factor` together.
void backward_penalised(const PenaltySettings& penalty, double factor, std::int64_t pairs,
                        std::span<const float> diff_logits, net::Program& program);

/// points [pairs, image] = u real + (1 - u) fake, with u uniform for each pair: shares [pairs].
void interpolate(std::span<const float> shares, std::span<const float> real, std::span<const float> fake,
                 std::span<float> points);

template <class Visitor>
void fields(PenaltySettings& penalty, Visitor& visit) {
  visit("r1", penalty.r1);
  visit("r2", penalty.r2);
  visit("gradient_penalty", penalty.gradient_penalty);
  visit("every", penalty.every);
}

}  // namespace ganymede::train
