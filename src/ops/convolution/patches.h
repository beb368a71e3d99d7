#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ops/elementwise/activation.h"

namespace ganymede::ops {

/// The patches of an image for the pixels of a grid: the patch of grid pixel (y, x) is the kernel x kernel
/// pixels of the image from (y stride - pad_top, x stride - pad_left), with zeros outside the image.
struct PatchGeometry {
  std::int64_t height = 1, width = 1, channels = 1;  ///< of an image
  std::int64_t grid_height = 1, grid_width = 1;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t pad_top = 0, pad_left = 0;  ///< negative where the first patch begins inside the image

  std::int64_t image_size() const { return height * width * channels; }
  std::int64_t grid_size() const { return grid_height * grid_width; }
  /// A line of a patch, filled up to whole vectors.
  std::int64_t line_size() const { return (kernel * channels + 7) / 8 * 8; }
  std::int64_t patch_size() const { return kernel * line_size(); }
  /// The bytes that gather_patches() and scatter_patches() need.
  std::size_t workspace_bytes() const;
};

/// columns [images, grid height, grid width, kernel, line] = the patches of images [images, height, width,
/// channels] (im2col). A line is [kernel, channels] and then finite padding.
/// `workspace` holds workspace_bytes(). On the calling thread alone. For T float or bf16.
template <class T>
void gather_patches(const PatchGeometry& geometry, std::span<const T> images, std::span<float> workspace,
                    std::span<T> columns);

/// The transpose: each pixel of images is the sum of its copies in columns (col2im), plus bias [channels]
/// unless that is null, through the epilogue's activation. Here a patch is taken by its columns, columns
/// [images, grid height, grid width, kernel, line] with a line of [kernel, channels] from top to bottom.
/// `workspace` holds workspace_bytes(). On the calling thread alone. For T float or bf16.
template <class T>
void scatter_patches(const PatchGeometry& geometry, std::span<const float> columns, const Epilogue& epilogue,
                     const float* bias, std::span<float> workspace, std::span<T> images);

}  // namespace ganymede::ops
