#pragma once

#include <cstdint>

/// Sums over a plane, an image of one channel, and a grid of many channels; internal to this folder.
namespace ganymede::ops {

/// How many channels are taken at once.
constexpr std::int64_t plane_lanes = 16;
constexpr std::int64_t largest_plane_kernel = 4;

/// Grid pixel (y, x) meets the kernel x kernel pixels of the plane from (y stride - pad_top, x stride -
/// pad_left). The kernels take both sides with zeros around them, so that every place that they read exists.
struct PlaneShape {
  std::int64_t height = 1, width = 1;  ///< of the plane
  std::int64_t grid_height = 1, grid_width = 1;
  std::int64_t channels = plane_lanes;  ///< of the grid, a multiple of plane_lanes
  std::int64_t kernel = 1;              ///< at most largest_plane_kernel
  std::int64_t stride = 1;
  std::int64_t pad_top = 0, pad_left = 0;  ///< not negative

  /// The most grid pixels along an axis that meet one pixel of the plane.
  std::int64_t taps() const { return (kernel + stride - 1) / stride; }
  /// The padded plane, which begins at (-pad_top, -pad_left).
  std::int64_t padded_height() const { return (grid_height - 1) * stride + kernel; }
  std::int64_t padded_width() const { return (grid_width - 1) * stride + kernel; }
  /// The padded grid, which begins at (-grid_margin(), -grid_margin()).
  std::int64_t grid_margin() const { return taps() - 1; }
  std::int64_t padded_grid_height() const {
    const std::int64_t reached = (height - 1 + pad_top) / stride + 1;
    return grid_margin() + (reached > grid_height ? reached : grid_height);
  }
  std::int64_t padded_grid_width() const {
    const std::int64_t reached = (width - 1 + pad_left) / stride + 1;
    return grid_margin() + (reached > grid_width ? reached : grid_width) + 3;  // plane_of_grid() reads fours
  }
  /// The side of the kernel with zeros after it, for plane_of_grid().
  std::int64_t padded_kernel() const { return taps() * stride; }
};

/// A row of the grid [grid width, channels]: each pixel is bias [channels] (unless null) and the sum of
/// weights [kernel, kernel, channels] times its pixels of the padded plane; negative ones times `slope`.
/// `plane` is where the patches of the row begin.
void grid_row_of_plane(const PlaneShape& shape, const float* plane, const float* weights, const float* bias,
                       float slope, float* row);

/// The transpose: plane [height, width], each pixel the sum of weights [padded kernel, padded kernel,
/// channels] times the pixels of the padded grid that it meets.
void plane_of_grid(const PlaneShape& shape, const float* grid, const float* weights, float* plane);

/// Adds to sums [kernel, kernel, channels] the products of grid [grid height, grid width, channels] and the
/// pixels of the padded plane.
void add_plane_products(const PlaneShape& shape, const float* plane, const float* grid, float* sums);

}  // namespace ganymede::ops
