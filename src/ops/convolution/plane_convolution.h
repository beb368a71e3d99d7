#pragma once

#include <cstdint>
#include <optional>

#include "base/buffer.h"
#include "ops/convolution/convolution.h"
#include "ops/convolution/plane_kernels.h"

/// Convolutions between an image of one channel and a grid of many, without columns: a matrix product leaves
/// most lanes of its registers empty there, and takes as many copies of each pixel as the kernel has. The
/// three maps are those of lowered_convolution.h; internal to this folder.
namespace ganymede::ops {

/// Whether PlaneToGrid, GridToPlane and PlaneWeights can take this convolution.
bool has_plane(const ConvolutionCase& convolution);

/// Which side is the plane, and how the weights lie: [channels, kernel * kernel] where the plane is src, and
/// else its transpose.
struct PlaneLayout {
  explicit PlaneLayout(const ConvolutionCase& convolution);

  PlaneShape shape;
  bool plane_is_dst = false;
  bool turned = false;  ///< the kernel's elements are taken in reverse
  std::int64_t images = 1;
  base::DType type;

  std::int64_t grid_size() const { return shape.grid_height * shape.grid_width * shape.channels; }
  std::int64_t plane_size() const { return shape.height * shape.width; }
  std::int64_t weights_size() const { return shape.kernel * shape.kernel * shape.channels; }
};

/// grid = epilogue(patches of the planes times weights), of an epilogue without a smooth activation. With
/// `over`, whose values f(x) are in grid beforehand, grid is multiplied by f'(x).
class PlaneToGrid {
 public:
  PlaneToGrid(const Device& device, const ConvolutionCase& convolution, base::DType grid,
              const Epilogue& epilogue, const std::optional<Activation>& over = {});
  void run(const void* planes, const void* weights, const float* bias, void* grid);
  void run(const void* planes, const void* weights, void* grid) { run(planes, weights, nullptr, grid); }

 private:
  const Device* device_;
  PlaneLayout layout_;
  base::DType grid_type_;
  bool bias_;
  float slope_;
  std::optional<Activation> over_;
  base::Buffer weights_;  // [kernel, kernel, channels]
  Scratch plane_, row_;
};

/// planes = epilogue(sum of the patches of grid times weights).
class GridToPlane {
 public:
  GridToPlane(const Device& device, const ConvolutionCase& convolution, base::DType planes,
              const Epilogue& epilogue);
  void run(const void* grid, const void* weights, const float* bias, void* planes);
  void run(const void* grid, const void* weights, void* planes) { run(grid, weights, nullptr, planes); }

 private:
  const Device* device_;
  PlaneLayout layout_;
  base::DType plane_type_;
  Epilogue epilogue_;
  base::Buffer weights_;  // [padded kernel, padded kernel, channels]
  Scratch grid_, plane_;
};

/// diff_weights, in f32, from both sides.
class PlaneWeights {
 public:
  PlaneWeights(const Device& device, const ConvolutionCase& convolution);
  void run(const void* planes, const void* grid, float* diff_weights);

 private:
  const Device* device_;
  PlaneLayout layout_;
  std::int64_t groups_;  // of images, each summed apart, so that the order does not depend on the threads
  base::Buffer sums_;    // [groups, kernel, kernel, channels]
  Scratch plane_, grid_;
};

}  // namespace ganymede::ops
