#include "ops/patches.h"

#include <algorithm>
#include <cstring>

#include "base/dtype.h"
#include "base/parallel.h"
#include "ops/clones.h"

namespace ganymede::ops {

namespace {

using base::bf16;

/// The image with room for every patch around it.
std::int64_t canvas_height(const PatchGeometry& g) {
  return std::max((g.grid_height - 1) * g.stride + g.kernel, g.height + g.pad_top);
}
std::int64_t canvas_width(const PatchGeometry& g) {
  return std::max((g.grid_width - 1) * g.stride + g.kernel, g.width + g.pad_left);
}

/// Copies one row of a patch: `count` pixels from column `x` of an image row, zeros where that is outside.
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

template <class T>
void gather_image(const PatchGeometry& g, const T* image, T* columns) {
  const std::int64_t run = g.kernel * g.channels;
  for (std::int64_t y = 0; y < g.grid_height; ++y) {
    for (std::int64_t x = 0; x < g.grid_width; ++x) {
      for (std::int64_t k = 0; k < g.kernel; ++k, columns += run) {
        const std::int64_t row = y * g.stride - g.pad_top + k;
        if (row < 0 || row >= g.height) {
          std::fill_n(columns, run, T{});
        } else {
          copy_pixels(image + row * g.width * g.channels, x * g.stride - g.pad_left, g.width, g.channels,
                      g.kernel, columns);
        }
      }
    }
  }
}

/// Adds all the patches of an image up on a canvas.
GANYMEDE_CLONES void scatter_image(const PatchGeometry& g, const float* __restrict columns,
                                   float* __restrict canvas) {
  const std::int64_t run = g.kernel * g.channels;
  const std::int64_t width = canvas_width(g) * g.channels;
  for (std::int64_t y = 0; y < g.grid_height; ++y) {
    for (std::int64_t x = 0; x < g.grid_width; ++x) {
      for (std::int64_t k = 0; k < g.kernel; ++k, columns += run) {
        float* dst = canvas + (y * g.stride + k) * width + x * g.stride * g.channels;
        for (std::int64_t i = 0; i < run; ++i) {
          dst[i] += columns[i];
        }
      }
    }
  }
}

template <class T>
GANYMEDE_INLINE void finish_row(const float* src, const float* bias, float slope, std::int64_t channels,
                                std::int64_t count, T* dst) {
  for (std::int64_t i = 0; i < count; i += channels) {
    for (std::int64_t c = 0; c < channels; ++c) {
      const float sum = src[i + c] + (bias != nullptr ? bias[c] : 0.0F);
      dst[i + c] = static_cast<T>(sum > 0.0F ? sum : slope * sum);
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

std::int64_t PatchGeometry::canvas_size() const {
  return canvas_height(*this) * canvas_width(*this) * channels;
}

template <class T>
void gather_patches(const PatchGeometry& g, std::span<const T> images, std::span<T> columns) {
  const std::int64_t count = static_cast<std::int64_t>(images.size()) / g.image_size();
  base::parallel_for(count * g.grid_height, g.grid_height, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t image = begin / g.grid_height; image < end / g.grid_height; ++image) {
      gather_image(g, images.data() + image * g.image_size(),
                   columns.data() + image * g.grid_size() * g.patch_size());
    }
  });
}

template <class T>
void scatter_patches(const PatchGeometry& g, std::span<const float> columns, const Epilogue& epilogue,
                     const float* bias, std::span<float> canvases, std::span<T> images) {
  const std::int64_t count = static_cast<std::int64_t>(images.size()) / g.image_size();
  const bool smooth = epilogue.activation && !epilogue.activation->piecewise_linear();
  const float slope = epilogue.activation && !smooth ? epilogue.activation->slope : 1.0F;
  base::parallel_for(count, 1, [&](std::int64_t begin, std::int64_t end) {
    const std::span canvas = canvases.subspan(base::current_thread() * g.canvas_size(), g.canvas_size());
    const std::int64_t row_size = g.width * g.channels;
    for (std::int64_t image = begin; image < end; ++image) {
      std::ranges::fill(canvas, 0.0F);
      scatter_image(g, columns.data() + image * g.grid_size() * g.patch_size(), canvas.data());
      for (std::int64_t y = 0; y < g.height; ++y) {
        float* src = canvas.data() + ((y + g.pad_top) * canvas_width(g) + g.pad_left) * g.channels;
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
  });
}

template void gather_patches(const PatchGeometry&, std::span<const float>, std::span<float>);
template void gather_patches(const PatchGeometry&, std::span<const bf16>, std::span<bf16>);
template void scatter_patches(const PatchGeometry&, std::span<const float>, const Epilogue&, const float*,
                              std::span<float>, std::span<float>);
template void scatter_patches(const PatchGeometry&, std::span<const float>, const Epilogue&, const float*,
                              std::span<float>, std::span<bf16>);

}  // namespace ganymede::ops
