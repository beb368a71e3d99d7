#pragma once

#include <cstdint>
#include <vector>

#include "base/buffer.h"
#include "ops/convolution.h"
#include "ops/matmul.h"
#include "ops/patches.h"

/// Convolutions as products of matrices; part of this folder's inside.
///
/// One side of a convolution, the image, is read or written in patches, and the other, the grid, pixel by
/// pixel. With columns = the patches, [grid pixels, kernel kernel image channels], and the weights as a
/// matrix [kernel kernel image channels, grid channels] there are three maps:
///   grid = columns weights,   columns = grid weights^T,   diff_weights = columns^T grid.
/// A convolution's image is its src and a transposed one's is its dst. A convolution of stride one can be
/// taken either way: with the dst as the image, and the kernel turned round, it needs fewer columns where dst
/// has fewer channels.
namespace ganymede::ops {

struct Lowering {
  PatchGeometry geometry;
  std::int64_t grid_channels = 1;
  bool image_is_dst = false;
  bool turned = false;  ///< the kernel's elements are taken in reverse
  std::int64_t chunk =
      1;  ///< images that are worked on at once, so that their columns stay in cache; divides batch
  std::int64_t chunks = 1;

  std::int64_t rows() const { return chunk * geometry.grid_size(); }
};
Lowering lower(const ConvolutionCase& convolution);

/// The weights as the matrix above: [patch, grid channels] where the image is dst, and where it is src its
/// transpose, which is how they are stored.
class WeightsMatrix {
 public:
  WeightsMatrix(const Lowering& lowering, base::DType type);

  const void* arrange(const void* weights);
  /// The opposite: from the matrix's order, in f32.
  void restore(const float* matrix, float* weights) const;

 private:
  Lowering lowering_;
  base::DType type_;
  base::Buffer memory_;
};

/// grid = epilogue(columns weights).
class GatherMap {
 public:
  GatherMap(const Device& device, const ConvolutionCase& convolution, base::DType grid,
            const Epilogue& epilogue);
  void run(const void* images, const void* weights, const float* bias, void* grid);

 private:
  Lowering lowering_;
  base::DType type_, grid_type_;
  WeightsMatrix weights_;
  Matmul matmul_;
  base::Buffer columns_;
};

/// images = epilogue(sum of the patches of grid weights^T).
class ScatterMap {
 public:
  ScatterMap(const Device& device, const ConvolutionCase& convolution, base::DType images,
             const Epilogue& epilogue);
  void run(const void* grid, const void* weights, const float* bias, void* images);

 private:
  Lowering lowering_;
  base::DType type_, image_type_;
  Epilogue epilogue_;
  WeightsMatrix weights_;
  Matmul matmul_;
  base::Buffer columns_, canvases_;
};

/// diff_weights = columns^T grid, in f32.
class WeightsMap {
 public:
  WeightsMap(const Device& device, const ConvolutionCase& convolution);
  void run(const void* images, const void* grid, float* diff_weights);

 private:
  Lowering lowering_;
  base::DType type_;
  WeightsMatrix weights_;
  Matmul first_, next_;
  base::Buffer columns_, matrix_;
};

}  // namespace ganymede::ops
