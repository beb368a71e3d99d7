#pragma once

#include "ops/convolution.h"
#include "ops/onednn.h"

/// Convolutions by oneDNN's own primitives; part of this folder's inside.
namespace ganymede::ops {

/// Brings weights from our order into the one that a kernel chose; does nothing where they are the same.
class WeightsReorder {
 public:
  WeightsReorder() = default;
  WeightsReorder(const Device& device, const dnnl::memory::desc& ours, const dnnl::memory::desc& chosen);

  const void* operator()(const void* weights);

 private:
  bool needed_ = false;
  Kernel kernel_;
  base::Buffer memory_;
};

class DirectForward {
 public:
  DirectForward(const Device& device, const ConvolutionCase& convolution, const Epilogue& epilogue);
  void run(const void* src, const void* weights, const float* bias, void* dst);

 private:
  bool bias_;
  Kernel kernel_;
  WeightsReorder reorder_;
};

class DirectBackwardData {
 public:
  DirectBackwardData(const Device& device, const ConvolutionCase& convolution);
  void run(const void* diff_dst, const void* weights, void* diff_src);

 private:
  Kernel kernel_;
  WeightsReorder reorder_;
};

}  // namespace ganymede::ops
