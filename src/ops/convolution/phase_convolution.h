#pragma once

#include <cstdint>
#include <vector>

#include "base/buffer.h"
#include "ops/convolution/convolution.h"
#include "ops/convolution/patches.h"
#include "ops/matmul.h"

/// Strided transposed convolutions split into phases; internal to this folder.
namespace ganymede::ops {

/// Whether PhaseMap can take this convolution.
bool has_phases(const ConvolutionCase& convolution);

/// The side that the first index of weights [channels, kernel, kernel, channels of the other side] counts.
enum class FirstIndex { dst, src };

/// dst = epilogue(transposed convolution of src); with FirstIndex::src the weights are those of the plain
/// convolution from dst to src, whose backward data this is. The pixels of dst that have the same place
/// within a stride see the same part of the kernel: they are a convolution of stride one over src, and a
/// product of matrices.
class PhaseMap {
 public:
  PhaseMap(const Device& device, const ConvolutionCase& convolution, const Epilogue& epilogue,
           FirstIndex first_index = FirstIndex::dst);
  void run(const void* src, const void* weights, const float* bias, void* dst);
  void run(const void* src, const void* weights, void* dst) { run(src, weights, nullptr, dst); }

 private:
  /// The pixels (y, x) of dst with y mod stride = top and x mod stride = left.
  struct Phase {
    std::int64_t top, left;
    PatchGeometry geometry;
    Matmul matmul;
    base::Buffer weights;          // [dst_channels, patch], or [patch, dst_channels]
    const void* packed = nullptr;  // the same in the order of the product
  };

  void arrange(Phase& phase, const void* weights) const;
  void interleave(const Phase& phase, std::byte* dst) const;
  void run_chunk(std::int64_t chunk, const void* src, const float* bias, void* dst) const;

  const Device* device_;
  ConvolutionCase case_;
  FirstIndex first_index_;
  std::int64_t chunk_;
  std::vector<Phase> phases_;
  Scratch columns_, workspace_;
  Scratch pixels_;  // [chunk, dst_height / stride, dst_width / stride, dst_channels]
};

}  // namespace ganymede::ops
