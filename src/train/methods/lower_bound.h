#pragma once

#include <cstdint>
#include <span>

namespace ganymede::train {

/// The two terms of the variational lower bound (Kingma and Welling 2014), which an encoder and a decoder
/// maximise together: docs/mathematics.md has the formulas.
struct LowerBoundSettings {
  double kl_weight = 1.0;  ///< of the divergence (beta in Higgins et al. 2017); 1: the lower bound itself
};

/// What an encoder says of a batch of images: for each, the means and then the log variances of a normal
/// distribution over the latent points. [batch, 2 latent]
struct Posterior {
  std::span<const float> values;
  std::int64_t batch;

  std::span<const float> means(std::int64_t n) const { return half(2 * n); }              // [latent]
  std::span<const float> log_variances(std::int64_t n) const { return half(2 * n + 1); }  // [latent]

 private:
  std::span<const float> half(std::int64_t n) const {
    const std::size_t size = values.size() / static_cast<std::size_t>(2 * batch);
    return values.subspan(static_cast<std::size_t>(n) * size, size);
  }
};

/// Latent points of the posterior, z = mean + exp(log variance / 2) noise, from noise of mean 0 and
/// deviation 1: both [batch, latent].
void draw_latents(const Posterior& posterior, std::span<const float> noise, std::span<float> latents);

/// The mean over the batch of the divergence of the posterior from N(0, 1), in nats:
///   1/2 sum over the latent size of mean^2 + variance - 1 - log variance.
float kl_divergence(const Posterior& posterior);

/// The derivatives by the posterior, [batch, 2 latent], of kl_weight times kl_divergence() and of a loss
/// whose derivative by draw_latents()' points is `diff_latents`, [batch, latent].
void posterior_gradient(const LowerBoundSettings& settings, const Posterior& posterior,
                        std::span<const float> noise, std::span<const float> diff_latents,
                        std::span<float> diff_posterior);

/// The Bernoulli cross-entropy of images between 0 and 1 under the decoder's logits, both [batch, pixels]:
/// summed over an image's pixels into `losses`, [batch]. Writes the derivatives of their mean by each logit,
/// (sigmoid(logit) - pixel) / batch, and returns that mean, in nats.
float reconstruction_loss(std::span<const float> logits, std::span<const float> images,
                          std::span<float> losses, std::span<float> diff_logits);

template <class Visitor>
void fields(LowerBoundSettings& bound, Visitor& visit) {
  visit("kl_weight", bound.kl_weight);
}

}  // namespace ganymede::train
