#include "ops/convolution/patches.h"

#include <algorithm>
#include <cstring>

#include "base/dtype.h"
#include "ops/clones.h"

namespace ganymede::ops {

namespace {

using base::bf16;

constexpr std::int64_t vector = 8;

/// An image with room around it for every patch, and a vector more behind it.
struct Canvas {
  explicit Canvas(const PatchGeometry& g)
      : top(std::max<std::int64_t>(g.pad_top, 0)),
        left(std::max<std::int64_t>(g.pad_left, 0)),
        height(std::max((g.grid_height - 1) * g.stride + g.kernel + top - g.pad_top, g.height + top)),
        width(std::max((g.grid_width - 1) * g.stride + g.kernel + left - g.pad_left, g.width + left)),
        row_size(width * g.channels) {}

  std::int64_t top, left;  ///< where the image begins
  std::int64_t height, width, row_size;

  std::int64_t size() const { return height * row_size + vector; }
  std::int64_t image_row(const PatchGeometry& g, std::int64_t y) const {
    return (y + top) * row_size + left * g.channels;
  }
  /// Where the patch of a grid pixel begins.
  std::int64_t patch(const PatchGeometry& g, std::int64_t y, std::int64_t x) const {
    return (y * g.stride - g.pad_top + top) * row_size + (x * g.stride - g.pad_left + left) * g.channels;
  }
};

/// Copies one line of a patch: `count` pixels from column `x` of an image row, zeros where that is outside.
template <class T>
void copy_pixels(const T* row, std::int64_t x, std::int64_t width, std::int64_t channels, std::int64_t count,
                 T* dst) {
  const std::int64_t before = std::clamp<std::int64_t>(-x, 0, count);
  const std::int64_t end = std::clamp<std::int64_t>(width - x, before, count);
  std::fill_n(dst, before * channels, T{});
  std::memcpy(dst + before * channels, row + (x + before) * channels,
              static_cast<std::size_t>((end - before) * channels) * sizeof(T));
  std::fill(dst + end * channels, dst + count * channels, T{});
}

/// The patches of one row of the grid, line by line: for long lines.
template <class T>
void gather_long_lines(const PatchGeometry& g, const T* image, std::int64_t y, T* columns) {
  const std::int64_t used = g.kernel * g.channels;
  for (std::int64_t x = 0; x < g.grid_width; ++x) {
    for (std::int64_t k = 0; k < g.kernel; ++k, columns += g.line_size()) {
      const std::int64_t row = y * g.stride - g.pad_top + k;
      if (row < 0 || row >= g.height) {
        std::fill_n(columns, used, T{});
      } else {
        copy_pixels(image + row * g.width * g.channels, x * g.stride - g.pad_left, g.width, g.channels,
                    g.kernel, columns);
      }
      std::fill(columns + used, columns + g.line_size(), T{});
    }
  }
}

/// The patches of one image, vector by vector out of a canvas: for short lines.
template <class T>
void gather_short_lines(const PatchGeometry& g, const T* image, T* memory, T* columns) {
  const Canvas canvas(g);
  std::fill_n(memory, canvas.size(), T{});
  for (std::int64_t y = 0; y < g.height; ++y) {
    std::copy_n(image + y * g.width * g.channels, g.width * g.channels, memory + canvas.image_row(g, y));
  }
  for (std::int64_t y = 0; y < g.grid_height; ++y) {
    for (std::int64_t x = 0; x < g.grid_width; ++x) {
      const T* src = memory + canvas.patch(g, y, x);
      for (std::int64_t k = 0; k < g.kernel; ++k, src += canvas.row_size) {
        for (std::int64_t i = 0; i < g.line_size(); i += vector, columns += vector) {
          std::memcpy(columns, src + i, vector * sizeof(T));
        }
      }
    }
  }
}

/// Adds all the patches of an image up on a canvas: first along each row of the grid, where whole lines meet,
/// into `sums` [canvas width, line]; then down.
GANYMEDE_CLONES void scatter_image(const PatchGeometry& g, const float* __restrict columns,
                                   float* __restrict sums, float* __restrict memory) {
  const Canvas canvas(g);
  const std::int64_t line = g.line_size();
  for (std::int64_t y = 0; y < g.grid_height; ++y) {
    std::fill_n(sums, canvas.width * line, 0.0F);
    for (std::int64_t x = 0; x < g.grid_width; ++x) {
      float* dst = sums + (x * g.stride - g.pad_left + canvas.left) * line;
      for (std::int64_t i = 0; i < g.patch_size(); i += vector) {
        for (std::int64_t lane = 0; lane < vector; ++lane) {
          dst[i + lane] += columns[i + lane];
        }
      }
      columns += g.patch_size();
    }
    float* row = memory + canvas.patch(g, y, 0) + (g.pad_left - canvas.left) * g.channels;
    for (std::int64_t k = 0; k < g.kernel; ++k, row += canvas.row_size) {
      for (std::int64_t x = 0; x < canvas.width; ++x) {
        for (std::int64_t c = 0; c < g.channels; ++c) {
          row[x * g.channels + c] += sums[x * line + k * g.channels + c];
        }
      }
    }
  }
}

template <class T>
GANYMEDE_INLINE void finish_row(const float* src, const float* bias, float slope, std::int64_t channels,
                                std::int64_t count, T* dst) {
  const auto finished = [slope](float sum) { return static_cast<T>(sum > 0.0F ? sum : slope * sum); };
  if (bias == nullptr || channels == 1) {
    const float only = bias == nullptr ? 0.0F : *bias;
    for (std::int64_t i = 0; i < count; ++i) {
      dst[i] = finished(src[i] + only);
    }
    return;
  }
  for (std::int64_t i = 0; i < count; i += channels) {
    for (std::int64_t c = 0; c < channels; ++c) {
      dst[i + c] = finished(src[i + c] + bias[c]);
    }
  }
}
GANYMEDE_CLONES void finish(const float* src, const float* bias, float slope, std::int64_t channels,
                            std::int64_t count, float* dst) {
  finish_row(src, bias, slope, channels, count, dst);
}
GANYMEDE_CLONES void finish(const float* src, const float* bias, float slope, std::int64_t channels,
                            std::int64_t count, bf16* dst) {
  finish_row(src, bias, slope, channels, count, dst);
}

}  // namespace

std::size_t PatchGeometry::workspace_bytes() const {
  const Canvas canvas(*this);
  return static_cast<std::size_t>(canvas.size() + canvas.width * line_size()) * sizeof(float);
}

template <class T>
void gather_patches(const PatchGeometry& g, std::span<const T> images, std::span<float> workspace,
                    std::span<T> columns) {
  constexpr std::int64_t long_line = 64;
  const std::int64_t count = static_cast<std::int64_t>(images.size()) / g.image_size();
  for (std::int64_t image = 0; image < count; ++image) {
    const T* src = images.data() + image * g.image_size();
    T* dst = columns.data() + image * g.grid_size() * g.patch_size();
    if (g.line_size() >= long_line) {
      for (std::int64_t row = 0; row < g.grid_height; ++row) {
        gather_long_lines(g, src, row, dst + row * g.grid_width * g.patch_size());
      }
    } else {
      gather_short_lines(g, src, reinterpret_cast<T*>(workspace.data()), dst);
    }
  }
}

template <class T>
void scatter_patches(const PatchGeometry& g, std::span<const float> columns, const Epilogue& epilogue,
                     const float* bias, std::span<float> workspace, std::span<T> images) {
  const std::int64_t count = static_cast<std::int64_t>(images.size()) / g.image_size();
  const bool smooth = epilogue.activation && !epilogue.activation->piecewise_linear();
  const float slope = epilogue.activation && !smooth ? epilogue.activation->slope : 1.0F;
  const Canvas canvas(g);
  float* memory = workspace.data();
  const std::int64_t row_size = g.width * g.channels;
  for (std::int64_t image = 0; image < count; ++image) {
    std::fill_n(memory, canvas.size(), 0.0F);
    scatter_image(g, columns.data() + image * g.grid_size() * g.patch_size(), memory + canvas.size(), memory);
    for (std::int64_t y = 0; y < g.height; ++y) {
      float* src = memory + canvas.image_row(g, y);
      T* dst = images.data() + image * g.image_size() + y * row_size;
      if (smooth) {  // in f32, before the only rounding to T
        finish(src, bias, slope, g.channels, row_size, src);
        activation_forward(*epilogue.activation, std::span(src, row_size));
        finish(src, nullptr, slope, g.channels, row_size, dst);
      } else {
        finish(src, bias, slope, g.channels, row_size, dst);
      }
    }
  }
}

template void gather_patches(const PatchGeometry&, std::span<const float>, std::span<float>,
                             std::span<float>);
template void gather_patches(const PatchGeometry&, std::span<const bf16>, std::span<float>, std::span<bf16>);
template void scatter_patches(const PatchGeometry&, std::span<const float>, const Epilogue&, const float*,
                              std::span<float>, std::span<float>);
template void scatter_patches(const PatchGeometry&, std::span<const float>, const Epilogue&, const float*,
                              std::span<float>, std::span<bf16>);

}  // namespace ganymede::ops
