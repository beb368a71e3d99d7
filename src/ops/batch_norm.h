#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace ganymede::ops {

/// Batch normalisation (Ioffe and Szegedy 2015) over the last axis: src and dst are [rows, channels],
/// everything a channel is [channels]. Variances are biased (divided by rows), in the running one too, as in
/// Keras.
struct BatchNormScales {
  std::span<const float> gamma;
  std::span<const float> beta;
};

/// What a batch in several parts adds up of them between the passes over its rows: it replaces each number,
/// that of one part, by the sum over all parts. The rows of all parts together are `parts` times those here.
struct PartSums {
  std::int64_t parts = 1;
  std::function<void(std::span<float>)> add_up = nullptr;  ///< called where there are several
};

/// mean and inverse_deviation = 1 / sqrt(variance + epsilon) of src by channel, in f32 over two passes.
template <class T>
void batch_norm_statistics(std::span<const T> src, float epsilon, std::span<float> mean,
                           std::span<float> inverse_deviation, const PartSums& sums = {});

/// dst = gamma (src - mean) inverse_deviation + beta.
template <class T>
void batch_norm_apply(std::span<const T> src, std::span<const float> mean,
                      std::span<const float> inverse_deviation, const BatchNormScales& scales,
                      std::span<T> dst);

/// running = momentum running + (1 - momentum) batch, for the mean and the variance (Keras' momentum: the
/// share kept).
void batch_norm_update_running(float momentum, float epsilon, std::span<const float> mean,
                               std::span<const float> inverse_deviation, std::span<float> running_mean,
                               std::span<float> running_variance);

/// inverse_deviation = 1 / sqrt(variance + epsilon).
void batch_norm_inverse_deviation(std::span<const float> variance, float epsilon,
                                  std::span<float> inverse_deviation);

/// From diff_dst: diff_gamma = sum diff_dst x, diff_beta = sum diff_dst with x = (src - mean)
/// inverse_deviation, and diff_src = gamma inverse_deviation (diff_dst - (diff_beta + x diff_gamma) / rows).
/// diff_src may be diff_dst. In several parts diff_gamma and diff_beta are the sums of this one, and diff_src
/// is computed with those of all; `scratch` is [2 channels], unused in one part.
template <class T>
void batch_norm_backward(std::span<const T> src, std::span<const T> diff_dst, std::span<const float> mean,
                         std::span<const float> inverse_deviation, std::span<const float> gamma,
                         std::span<float> diff_gamma, std::span<float> diff_beta, std::span<T> diff_src,
                         const PartSums& sums = {}, std::span<float> scratch = {});

/// The same where mean and deviation are constants (inference): diff_src = gamma inverse_deviation diff_dst.
/// It is also the tangent of that mode.
template <class T>
void batch_norm_scale(std::span<const float> inverse_deviation, std::span<const float> gamma,
                      std::span<const T> src, std::span<T> dst);

}  // namespace ganymede::ops
