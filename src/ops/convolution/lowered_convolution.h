#pragma once

#include <cstdint>
#include <optional>

#include "base/buffer.h"
#include "ops/convolution/convolution.h"
#include "ops/convolution/patches.h"
#include "ops/matmul.h"

/// Convolutions as matrix products; internal to this folder.
///
/// One side of a convolution, the image, is read or written in patches, and the other, the grid, pixel by
/// pixel. With columns = the patches, [grid pixels, patch], and the weights as a matrix [patch, grid
/// channels] there are three maps:
///   grid = columns weights,   columns = grid weights^T,   diff_weights = columns^T grid.
/// A convolution's image is its src and a transposed one's is its dst. A convolution of stride one can be
/// taken either way: with the dst as the image, and the kernel turned round, it needs fewer columns where dst
/// has fewer channels.
namespace ganymede::ops {

/// How many of `batch` images a thread works on at once, each with `bytes` of columns: few enough for the
/// columns to stay in its second-level cache; divides batch.
std::int64_t chunk_of(std::int64_t batch, std::int64_t bytes);

struct Lowering {
  PatchGeometry geometry;
  std::int64_t grid_channels = 1;
  bool image_is_dst = false;
  bool turned = false;     ///< the kernel's elements are taken in reverse
  std::int64_t chunk = 1;  ///< images that a thread works on at once; divides batch
  std::int64_t chunks = 1;

  std::int64_t rows() const { return chunk * geometry.grid_size(); }
  std::int64_t column_elements() const { return rows() * geometry.patch_size(); }
  std::int64_t grid_elements() const { return rows() * grid_channels; }
};
Lowering lower(const ConvolutionCase& convolution);

/// The weights as the matrix above: [patch, grid channels] where the image is dst, and where it is src its
/// transpose. Weights are stored so, but for what fills up lines.
class WeightsMatrix {
 public:
  /// Which way lines go through a patch: along rows to gather, down columns to scatter.
  enum class Lines { rows, columns };

  WeightsMatrix(const Lowering& lowering, Lines lines, base::DType type);

  const void* arrange(const void* weights);

  /// Where a product may write the matrix before restore().
  float* target(float* weights) { return as_stored_ ? weights : memory_.as<float>().data(); }
  /// The opposite of arrange(), in f32.
  void restore(float* weights) const;

 private:
  template <class Move>
  void for_each_run(const Move& move) const;

  Lowering lowering_;
  Lines lines_;
  base::DType type_;
  bool as_stored_;
  base::Buffer memory_;
};

/// grid = columns weights. With `over`, whose values f(x) are in grid beforehand, grid is multiplied by
/// f'(x).
class GatherMap {
 public:
  GatherMap(const Device& device, const ConvolutionCase& convolution, const std::optional<Activation>& over);
  void run(const void* images, const void* weights, void* grid);

 private:
  const Device* device_;
  Lowering lowering_;
  base::DType type_;
  std::optional<Activation> over_;
  WeightsMatrix weights_;
  Matmul matmul_;
  Scratch columns_, workspace_, products_;
};

/// images = epilogue(sum of the patches of grid weights^T).
class ScatterMap {
 public:
  ScatterMap(const Device& device, const ConvolutionCase& convolution, base::DType images,
             const Epilogue& epilogue);
  void run(const void* grid, const void* weights, const float* bias, void* images);
  void run(const void* grid, const void* weights, void* images) { run(grid, weights, nullptr, images); }

 private:
  const Device* device_;
  Lowering lowering_;
  base::DType type_, image_type_;
  Epilogue epilogue_;
  WeightsMatrix weights_;
  Matmul matmul_;
  Scratch columns_, workspace_;
};

/// diff_weights = columns^T grid, in f32.
class WeightsMap {
 public:
  WeightsMap(const Device& device, const ConvolutionCase& convolution);
  void run(const void* images, const void* grid, float* diff_weights);

 private:
  void sum_group(std::int64_t group, const void* images, const void* grid, float* sum) const;

  const Device* device_;
  Lowering lowering_;
  base::DType type_;
  WeightsMatrix weights_;
  std::int64_t
      groups_;  // of chunks, each summed apart, so that the order of the sums does not depend on the threads
  base::Buffer sums_;  // [groups - 1, patch * grid channels]
  Matmul first_, next_;
  Scratch columns_, workspace_;
};

}  // namespace ganymede::ops
