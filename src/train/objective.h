#pragma once

#include <span>

#include "net/toml_fields.h"

namespace ganymede::train {

/// What a logit x is compared with its label y by.
enum class Loss {
  bce_with_logits,  ///< -y ln s(x) - (1 - y) ln(1 - s(x)) with s the sigmoid (Goodfellow et al. 2014,
                    ///< non-saturating)
  least_squares     ///< (x - y)^2 (Mao et al. 2017)
};

/// How the discriminator's losses on real and on generated images become one.
enum class Reduction {
  mean,  ///< half of each
  sum    ///< their sum
};

/// The labels may be smoothed (real_label 0.9) and, for the generator, are flipped: it is rewarded for
/// generated images that are taken for real ones.
struct ObjectiveSettings {
  Loss loss = Loss::bce_with_logits;
  double real_label = 1.0;
  double fake_label = 0.0;
  double generator_label = 1.0;
  Reduction discriminator_reduction = Reduction::mean;
};

/// The mean of the loss over `logits`, and diff_logits = weight times its derivative by each logit.
float evaluate(Loss loss, std::span<const float> logits, float label, float weight,
               std::span<float> diff_logits);

/// What logits say beside a loss.
struct Verdict {
  float probability = 0.0F;     ///< the mean of sigmoid(logit): mean D(x)
  float share_positive = 0.0F;  ///< the share above zero: taken for real
};
Verdict judge(std::span<const float> logits);

template <class Visitor>
void fields(ObjectiveSettings& objective, Visitor& visit) {
  visit("loss", objective.loss);
  visit("real_label", objective.real_label);
  visit("fake_label", objective.fake_label);
  visit("generator_label", objective.generator_label);
  visit("discriminator_reduction", objective.discriminator_reduction);
}
net::Words<Loss> words(Loss);
net::Words<Reduction> words(Reduction);

}  // namespace ganymede::train
