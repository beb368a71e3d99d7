#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "net/toml_fields.h"

namespace ganymede::train {

/// What the two networks minimise, as a function of the discriminator's logits; s is the sigmoid.
/// docs/mathematics.md has the formulas.
enum class Loss {
  bce_with_logits,  ///< binary cross-entropy; G calls its images real (Goodfellow et al. 2014,
                    ///< non-saturating)
  minimax,          ///< the same for D; G maximises D's loss on its images (Goodfellow et al. 2014)
  least_squares,    ///< (x - label)^2 (Mao et al. 2017)
  wasserstein,      ///< the difference of the mean logits (Arjovsky et al. 2017)
  hinge,            ///< D's margin of one on both sides (Lim and Ye 2017)
  relativistic      ///< softplus of the difference within pairs (Jolicoeur-Martineau 2019, Huang et al. 2024)
};

/// How the discriminator's losses on real and on generated images become one.
enum class Reduction {
  mean,  ///< half of each
  sum    ///< their sum
};

/// The labels are those of bce_with_logits, minimax and least_squares: they may be smoothed (real_label 0.9)
/// and, for the generator, are flipped: it is rewarded for generated images that are taken for real ones.
struct ObjectiveSettings {
  Loss loss = Loss::bce_with_logits;
  double real_label = 1.0;
  double fake_label = 0.0;
  double generator_label = 1.0;
  double label_flip = 0.0;  ///< the share of pairs whose real image D is told is generated, and the reverse
  Reduction discriminator_reduction = Reduction::mean;
};

/// Whether the generator's loss reads the discriminator's logits of real images too.
bool compares_pairs(Loss loss);

/// The means over the real and over the generated images, before they are reduced to one.
struct DiscriminatorLosses {
  float real = 0.0F;
  float fake = 0.0F;
};

/// D's losses from its logits of real and of generated images, all spans [pairs]; image i of the one and
/// image i of the other make a pair. Writes the derivatives of the reduced loss by each logit. Where
/// `flipped` is not zero the two images of a pair take each other's place; empty: nowhere. A relativistic
/// loss is one of the pair, half of which each of its images counts.
DiscriminatorLosses discriminator_loss(const ObjectiveSettings& objective, std::span<const float> real,
                                       std::span<const float> fake, std::span<const std::uint8_t> flipped,
                                       std::span<float> diff_real, std::span<float> diff_fake);

/// G's loss, the mean over [pairs], and its derivatives by the logits of the generated images. `real` is read
/// where compares_pairs() says so, and may be empty elsewhere.
float generator_loss(const ObjectiveSettings& objective, std::span<const float> real,
                     std::span<const float> fake, std::span<float> diff_fake);

/// What the mean of the discriminator's two losses is when it guesses, and when it knows all that smoothed
/// and flipped labels let it know.
struct LossScale {
  double guessing = 0.0;
  double knowing = 0.0;
};
/// Nothing for the Wasserstein distance, which has no scale.
std::optional<LossScale> loss_scale(const ObjectiveSettings& objective);

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
  visit("label_flip", objective.label_flip);
  visit("discriminator_reduction", objective.discriminator_reduction);
}
net::Words<Loss> words(Loss);
net::Words<Reduction> words(Reduction);

}  // namespace ganymede::train
