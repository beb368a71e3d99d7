#include "train/methods/lower_bound.h"

#include <cassert>
#include <cmath>
#include <numeric>

#include "base/threads/parallel.h"

namespace ganymede::train {

namespace {

/// One image's sum; see reconstruction_loss().
double cross_entropy(std::span<const float> logits, std::span<const float> pixels, float scale,
                     std::span<float> diff_logits) {
  double sum = 0.0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const float x = logits[i];
    const float small = std::exp(-std::abs(x));  // never overflows
    const float sigmoid = (x > 0.0F ? 1.0F : small) / (1.0F + small);
    sum += static_cast<double>(std::fmax(x, 0.0F) - x * pixels[i] + std::log1p(small));
    diff_logits[i] = scale * (sigmoid - pixels[i]);
  }
  return sum;
}

}  // namespace

void draw_latents(const Posterior& posterior, std::span<const float> noise, std::span<float> latents) {
  std::size_t i = 0;
  for (std::int64_t n = 0; n < posterior.batch; ++n) {
    const std::span means = posterior.means(n);
    const std::span log_variances = posterior.log_variances(n);
    for (std::size_t k = 0; k < means.size(); ++k, ++i) {
      latents[i] = means[k] + std::exp(0.5F * log_variances[k]) * noise[i];
    }
  }
}

float kl_divergence(const Posterior& posterior) {
  double sum = 0.0;
  for (std::int64_t n = 0; n < posterior.batch; ++n) {
    const std::span means = posterior.means(n);
    const std::span log_variances = posterior.log_variances(n);
    for (std::size_t k = 0; k < means.size(); ++k) {
      const auto mean = static_cast<double>(means[k]);
      const auto log_variance = static_cast<double>(log_variances[k]);
      sum += 0.5 * (mean * mean + std::expm1(log_variance) - log_variance);
    }
  }
  return static_cast<float>(sum / static_cast<double>(posterior.batch));
}

void posterior_gradient(const LowerBoundSettings& settings, const Posterior& posterior,
                        std::span<const float> noise, std::span<const float> diff_latents,
                        std::span<float> diff_posterior) {
  assert(noise.size() == diff_latents.size() && diff_posterior.size() == posterior.values.size());
  const auto weight = static_cast<float>(settings.kl_weight / static_cast<double>(posterior.batch));
  const std::size_t latent = noise.size() / static_cast<std::size_t>(posterior.batch);
  std::size_t i = 0;
  for (std::int64_t n = 0; n < posterior.batch; ++n) {
    const std::span means = posterior.means(n);
    const std::span log_variances = posterior.log_variances(n);
    const std::span diff = diff_posterior.subspan(static_cast<std::size_t>(n) * 2 * latent, 2 * latent);
    for (std::size_t k = 0; k < latent; ++k, ++i) {
      const float deviation = std::exp(0.5F * log_variances[k]);
      diff[k] = diff_latents[i] + weight * means[k];
      diff[latent + k] =
          0.5F * (diff_latents[i] * deviation * noise[i] + weight * (deviation * deviation - 1.0F));
    }
  }
}

float reconstruction_loss(std::span<const float> logits, std::span<const float> images,
                          std::span<float> losses, std::span<float> diff_logits) {
  assert(logits.size() == images.size() && logits.size() == diff_logits.size());
  const std::size_t pixels = logits.size() / losses.size();
  const auto batch = static_cast<float>(losses.size());
  base::parallel_for(static_cast<std::int64_t>(losses.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto n = static_cast<std::size_t>(begin); n < static_cast<std::size_t>(end); ++n) {
      losses[n] = static_cast<float>(cross_entropy(logits.subspan(n * pixels, pixels),
                                                   images.subspan(n * pixels, pixels), 1.0F / batch,
                                                   diff_logits.subspan(n * pixels, pixels)));
    }
  });
  return static_cast<float>(std::accumulate(losses.begin(), losses.end(), 0.0)) / batch;
}

}  // namespace ganymede::train
