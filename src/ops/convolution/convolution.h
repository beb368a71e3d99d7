#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/dtype.h"
#include "ops/device.h"
#include "ops/elementwise/activation.h"

namespace ganymede::ops {

/// A two-dimensional convolution (cross-correlation, as in every framework) or, with `transposed`, the
/// transposed one. Square kernels, the same stride both ways. Everything is channels-last:
///   src [batch, src_height, src_width, src_channels], dst [batch, dst_height, dst_width, dst_channels],
///   weights [dst_channels, kernel, kernel, src_channels], bias [dst_channels].
/// Convolution:  dst(y) = sum_k src(y stride - pad + k) weights(k), with pad_top or pad_left.
/// Transposed:   src(x) adds weights(k) src(x) to dst(x stride - pad + k).
struct ConvolutionCase {
  std::int64_t batch = 1;
  std::int64_t src_height = 1, src_width = 1, src_channels = 1;
  std::int64_t dst_height = 1, dst_width = 1, dst_channels = 1;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  bool transposed = false;
  base::DType type = base::DType::f32;  ///< of src, weights and their differentials
  base::DType dst = base::DType::f32;   ///< of forward's dst
};

/// dst = epilogue(src * weights).
class ConvolutionForward {
 public:
  ConvolutionForward(const Device& device, const ConvolutionCase& convolution, const Epilogue& epilogue);
  ~ConvolutionForward();
  ConvolutionForward(ConvolutionForward&&) noexcept;
  void run(const void* src, const void* weights, const float* bias, void* dst) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

/// Whether ConvolutionBackwardData can write over an activation's values.
bool writes_over_src(const ConvolutionCase& convolution);

/// diff_src of the convolution from diff_dst and weights. With an `activation`, whose values src = f(x) are
/// in diff_src beforehand, it is multiplied by f'(x); writes_over_src() tells where that is possible.
class ConvolutionBackwardData {
 public:
  ConvolutionBackwardData(const Device& device, const ConvolutionCase& convolution,
                          const std::optional<Activation>& activation = {});
  ~ConvolutionBackwardData();
  ConvolutionBackwardData(ConvolutionBackwardData&&) noexcept;
  void run(const void* diff_dst, const void* weights, void* diff_src) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

/// diff_weights, in f32, of the convolution from src and diff_dst.
class ConvolutionBackwardWeights {
 public:
  ConvolutionBackwardWeights(const Device& device, const ConvolutionCase& convolution);
  ~ConvolutionBackwardWeights();
  ConvolutionBackwardWeights(ConvolutionBackwardWeights&&) noexcept;
  void run(const void* src, const void* diff_dst, float* diff_weights) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace ganymede::ops
