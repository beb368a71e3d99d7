#pragma once

#include "ops/convolution/convolution.h"
#include "ops/onednn.h"

/// Convolutions by oneDNN's own primitives; internal to this folder.
namespace ganymede::ops {

/// The batch in equal slices, whose number depends on the case alone.
struct BatchSlices {
  explicit BatchSlices(const ConvolutionCase& convolution);

  std::int64_t count = 1;
  std::int64_t src_bytes, dst_bytes, diff_dst_bytes;  ///< of a slice
};

class DirectForward {
 public:
  DirectForward(const Device& device, const ConvolutionCase& convolution, const Epilogue& epilogue);
  void run(const void* src, const void* weights, const float* bias, void* dst);

 private:
  const Device* device_;
  BatchSlices slices_;
  bool bias_;
  Kernel kernel_;
  WeightsReorder reorder_;
};

class DirectBackwardData {
 public:
  DirectBackwardData(const Device& device, const ConvolutionCase& convolution);
  void run(const void* diff_dst, const void* weights, void* diff_src);

 private:
  const Device* device_;
  BatchSlices slices_;
  Kernel kernel_;
  WeightsReorder reorder_;
};

}  // namespace ganymede::ops
