#include "ops/batch_norm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/dtype.h"
#include "base/threads/parallel.h"
#include "ops/clones.h"

namespace ganymede::ops {

namespace {

using base::bf16;

/// Each thread processes a strip of channels over all rows: sums stay in registers, and the result does not
/// depend on the number of threads.
constexpr std::int64_t strip = 32;
using Strip = std::array<float, strip>;

/// The part of a [rows, channels] problem for one call of a kernel.
struct Block {
  std::int64_t rows;
  std::int64_t stride;  ///< channels in a row
  std::int64_t width;   ///< channels of this strip
};

template <class T>
GANYMEDE_INLINE void sums_strip(const Block& block, const T* src, float* dst) {
  Strip sums{};
  for (std::int64_t row = 0; row < block.rows; ++row) {
    for (std::int64_t c = 0; c < block.width; ++c) {
      sums[c] += static_cast<float>(src[row * block.stride + c]);
    }
  }
  std::copy_n(sums.begin(), block.width, dst);
}

/// Of src - mean.
template <class T>
GANYMEDE_INLINE void squares_strip(const Block& block, const T* src, const float* mean, float* dst) {
  Strip squares{};
  for (std::int64_t row = 0; row < block.rows; ++row) {
    for (std::int64_t c = 0; c < block.width; ++c) {
      const float centred = static_cast<float>(src[row * block.stride + c]) - mean[c];
      squares[c] += centred * centred;
    }
  }
  std::copy_n(squares.begin(), block.width, dst);
}

/// dst = src factor + shift by channel.
template <class T>
GANYMEDE_INLINE void affine_strip(const Block& block, const T* src, const Strip& factor, const Strip& shift,
                                  T* dst) {
  for (std::int64_t row = 0; row < block.rows; ++row) {
    for (std::int64_t c = 0; c < block.width; ++c) {
      const std::int64_t i = row * block.stride + c;
      dst[i] = static_cast<T>(static_cast<float>(src[i]) * factor[c] + shift[c]);
    }
  }
}

struct BackwardStrip {
  const float* mean;
  const float* inverse_deviation;
};

/// The sums of diff_dst x and of diff_dst.
template <class T>
GANYMEDE_INLINE void gradients_strip(const Block& block, const T* src, const T* diff_dst,
                                     const BackwardStrip& s, float* diff_gamma, float* diff_beta) {
  Strip gamma_sums{};
  Strip beta_sums{};
  for (std::int64_t row = 0; row < block.rows; ++row) {
    for (std::int64_t c = 0; c < block.width; ++c) {
      const std::int64_t i = row * block.stride + c;
      const float normalised = (static_cast<float>(src[i]) - s.mean[c]) * s.inverse_deviation[c];
      gamma_sums[c] += static_cast<float>(diff_dst[i]) * normalised;
      beta_sums[c] += static_cast<float>(diff_dst[i]);
    }
  }
  std::copy_n(gamma_sums.begin(), block.width, diff_gamma);
  std::copy_n(beta_sums.begin(), block.width, diff_beta);
}

template <class T>
GANYMEDE_INLINE void backward_strip(const Block& block, const T* src, const T* diff_dst,
                                    const BackwardStrip& s, const float* gamma, const float* gamma_sums,
                                    const float* beta_sums, float share, T* diff_src) {
  for (std::int64_t row = 0; row < block.rows; ++row) {
    for (std::int64_t c = 0; c < block.width; ++c) {
      const std::int64_t i = row * block.stride + c;
      const float normalised = (static_cast<float>(src[i]) - s.mean[c]) * s.inverse_deviation[c];
      const float centred =
          static_cast<float>(diff_dst[i]) - share * (beta_sums[c] + normalised * gamma_sums[c]);
      diff_src[i] = static_cast<T>(gamma[c] * s.inverse_deviation[c] * centred);
    }
  }
}

GANYMEDE_CLONES void sums_of(const Block& b, const float* src, float* dst) {
  sums_strip(b, src, dst);
}
GANYMEDE_CLONES void sums_of(const Block& b, const bf16* src, float* dst) {
  sums_strip(b, src, dst);
}
GANYMEDE_CLONES void squares_of(const Block& b, const float* src, const float* mean, float* dst) {
  squares_strip(b, src, mean, dst);
}
GANYMEDE_CLONES void squares_of(const Block& b, const bf16* src, const float* mean, float* dst) {
  squares_strip(b, src, mean, dst);
}
GANYMEDE_CLONES void affine(const Block& b, const float* src, const Strip& factor, const Strip& shift,
                            float* dst) {
  affine_strip(b, src, factor, shift, dst);
}
GANYMEDE_CLONES void affine(const Block& b, const bf16* src, const Strip& factor, const Strip& shift,
                            bf16* dst) {
  affine_strip(b, src, factor, shift, dst);
}
GANYMEDE_CLONES void gradients(const Block& b, const float* src, const float* diff_dst,
                               const BackwardStrip& s, float* diff_gamma, float* diff_beta) {
  gradients_strip(b, src, diff_dst, s, diff_gamma, diff_beta);
}
GANYMEDE_CLONES void gradients(const Block& b, const bf16* src, const bf16* diff_dst, const BackwardStrip& s,
                               float* diff_gamma, float* diff_beta) {
  gradients_strip(b, src, diff_dst, s, diff_gamma, diff_beta);
}
GANYMEDE_CLONES void backward(const Block& b, const float* src, const float* diff_dst, const BackwardStrip& s,
                              const float* gamma, const float* gamma_sums, const float* beta_sums,
                              float share, float* diff_src) {
  backward_strip(b, src, diff_dst, s, gamma, gamma_sums, beta_sums, share, diff_src);
}
GANYMEDE_CLONES void backward(const Block& b, const bf16* src, const bf16* diff_dst, const BackwardStrip& s,
                              const float* gamma, const float* gamma_sums, const float* beta_sums,
                              float share, bf16* diff_src) {
  backward_strip(b, src, diff_dst, s, gamma, gamma_sums, beta_sums, share, diff_src);
}

/// Calls `body(block, first_channel)` for each strip of a [size / channels, channels] problem.
template <class Body>
void for_each_strip(std::size_t size, std::size_t channel_count, const Body& body) {
  const auto channels = static_cast<std::int64_t>(channel_count);
  const std::int64_t rows = static_cast<std::int64_t>(size) / channels;
  base::parallel_for(channels, strip, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t c = begin; c < end; c += strip) {
      body(Block{rows, channels, std::min(strip, end - c)}, c);
    }
  });
}

/// The rows of all parts together.
float all_rows(std::size_t size, std::size_t channels, const PartSums& sums) {
  return static_cast<float>(static_cast<std::int64_t>(size / channels) * sums.parts);
}

void add_up(const PartSums& sums, std::span<float> values) {
  if (sums.parts > 1) {
    sums.add_up(values);
  }
}

}  // namespace

template <class T>
void batch_norm_statistics(std::span<const T> src, float epsilon, std::span<float> mean,
                           std::span<float> inverse_deviation, const PartSums& sums) {
  const float rows = all_rows(src.size(), mean.size(), sums);
  for_each_strip(src.size(), mean.size(), [&](const Block& block, std::int64_t c) {
    sums_of(block, src.data() + c, mean.data() + c);
  });
  add_up(sums, mean);
  for (float& value : mean) {
    value /= rows;
  }
  for_each_strip(src.size(), mean.size(), [&](const Block& block, std::int64_t c) {
    squares_of(block, src.data() + c, mean.data() + c, inverse_deviation.data() + c);
  });
  add_up(sums, inverse_deviation);
  for (float& value : inverse_deviation) {
    value = 1.0F / std::sqrt(value / rows + epsilon);
  }
}

template <class T>
void batch_norm_apply(std::span<const T> src, std::span<const float> mean,
                      std::span<const float> inverse_deviation, const BatchNormScales& scales,
                      std::span<T> dst) {
  for_each_strip(src.size(), mean.size(), [&](const Block& block, std::int64_t first) {
    Strip factor{};
    Strip shift{};
    for (std::int64_t c = 0; c < block.width; ++c) {
      factor[c] = scales.gamma[first + c] * inverse_deviation[first + c];
      shift[c] = scales.beta[first + c] - mean[first + c] * factor[c];
    }
    affine(block, src.data() + first, factor, shift, dst.data() + first);
  });
}

void batch_norm_update_running(float momentum, float epsilon, std::span<const float> mean,
                               std::span<const float> inverse_deviation, std::span<float> running_mean,
                               std::span<float> running_variance) {
  for (std::size_t c = 0; c < mean.size(); ++c) {
    const float variance = 1.0F / (inverse_deviation[c] * inverse_deviation[c]) - epsilon;
    running_mean[c] = momentum * running_mean[c] + (1.0F - momentum) * mean[c];
    running_variance[c] = momentum * running_variance[c] + (1.0F - momentum) * variance;
  }
}

void batch_norm_inverse_deviation(std::span<const float> variance, float epsilon,
                                  std::span<float> inverse_deviation) {
  std::transform(variance.begin(), variance.end(), inverse_deviation.begin(),
                 [=](float v) { return 1.0F / std::sqrt(v + epsilon); });
}

template <class T>
void batch_norm_backward(std::span<const T> src, std::span<const T> diff_dst, std::span<const float> mean,
                         std::span<const float> inverse_deviation, std::span<const float> gamma,
                         std::span<float> diff_gamma, std::span<float> diff_beta, std::span<T> diff_src,
                         const PartSums& sums, std::span<float> scratch) {
  const std::size_t channels = gamma.size();
  const float share = 1.0F / all_rows(src.size(), channels, sums);
  const auto strip_of = [&](std::int64_t c) {
    return BackwardStrip{mean.data() + c, inverse_deviation.data() + c};
  };
  for_each_strip(src.size(), channels, [&](const Block& block, std::int64_t c) {
    gradients(block, src.data() + c, diff_dst.data() + c, strip_of(c), diff_gamma.data() + c,
              diff_beta.data() + c);
  });
  std::span<const float> gamma_sums = diff_gamma;
  std::span<const float> beta_sums = diff_beta;
  if (sums.parts > 1) {
    std::ranges::copy(diff_gamma, scratch.begin());
    std::ranges::copy(diff_beta, scratch.begin() + static_cast<std::ptrdiff_t>(channels));
    sums.add_up(scratch);
    gamma_sums = scratch.first(channels);
    beta_sums = scratch.last(channels);
  }
  for_each_strip(src.size(), channels, [&](const Block& block, std::int64_t c) {
    backward(block, src.data() + c, diff_dst.data() + c, strip_of(c), gamma.data() + c, gamma_sums.data() + c,
             beta_sums.data() + c, share, diff_src.data() + c);
  });
}

template <class T>
void batch_norm_scale(std::span<const float> inverse_deviation, std::span<const float> gamma,
                      std::span<const T> src, std::span<T> dst) {
  for_each_strip(src.size(), gamma.size(), [&](const Block& block, std::int64_t first) {
    Strip factor{};
    for (std::int64_t c = 0; c < block.width; ++c) {
      factor[c] = gamma[first + c] * inverse_deviation[first + c];
    }
    affine(block, src.data() + first, factor, Strip{}, dst.data() + first);
  });
}

#define GANYMEDE_INSTANTIATE(T)                                                                         \
  template void batch_norm_statistics(std::span<const T>, float, std::span<float>, std::span<float>,    \
                                      const PartSums&);                                                 \
  template void batch_norm_apply(std::span<const T>, std::span<const float>, std::span<const float>,    \
                                 const BatchNormScales&, std::span<T>);                                 \
  template void batch_norm_backward(std::span<const T>, std::span<const T>, std::span<const float>,     \
                                    std::span<const float>, std::span<const float>, std::span<float>,   \
                                    std::span<float>, std::span<T>, const PartSums&, std::span<float>); \
  template void batch_norm_scale(std::span<const float>, std::span<const float>, std::span<const T>,    \
                                 std::span<T>);
GANYMEDE_INSTANTIATE(float)
GANYMEDE_INSTANTIATE(bf16)
#undef GANYMEDE_INSTANTIATE

}  // namespace ganymede::ops
