#include "ops/convolution/plane_kernels.h"

#include <cassert>

#include "ops/clones.h"

namespace ganymede::ops {

namespace {

/// Sixteen channels, wherever they lie. An instruction set with shorter registers takes several.
using Lanes [[gnu::vector_size(plane_lanes * sizeof(float)), gnu::aligned(sizeof(float)), gnu::may_alias]] =
    float;

GANYMEDE_INLINE const Lanes& lanes(const float* values) {
  return *reinterpret_cast<const Lanes*>(values);
}
GANYMEDE_INLINE Lanes& lanes(float* values) {
  return *reinterpret_cast<Lanes*>(values);
}

/// The sums of four times sixteen channels, by halves.
GANYMEDE_INLINE void sums_of(const Lanes (&values)[4], float* sums) {
  using Four [[gnu::vector_size(4 * sizeof(float))]] = float;
  Four fours[4];
  for (int i = 0; i < 4; ++i) {
    const Lanes v = values[i];
    const auto eight = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                       __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    fours[i] =
        __builtin_shufflevector(eight, eight, 0, 1, 2, 3) + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
  }
  const Four first = __builtin_shufflevector(fours[0], fours[1], 0, 4, 1, 5) +
                     __builtin_shufflevector(fours[0], fours[1], 2, 6, 3, 7);
  const Four last = __builtin_shufflevector(fours[2], fours[3], 0, 4, 1, 5) +
                    __builtin_shufflevector(fours[2], fours[3], 2, 6, 3, 7);
  const Four all =
      __builtin_shufflevector(first, last, 0, 1, 4, 5) + __builtin_shufflevector(first, last, 2, 3, 6, 7);
  for (int i = 0; i < 4; ++i) {
    sums[i] = all[i];
  }
}

/// `pixels` of a grid row from x on, kept in registers while the kernel passes.
template <int kernel, int pixels>
GANYMEDE_INLINE void grid_pixels(const PlaneShape& s, const float* plane, const float* weights,
                                 const float* bias, float slope, std::int64_t x, float* row) {
  for (std::int64_t c = 0; c < s.channels; c += plane_lanes) {
    Lanes sums[pixels] = {};
    if (bias != nullptr) {
      for (int pixel = 0; pixel < pixels; ++pixel) {
        sums[pixel] = lanes(bias + c);
      }
    }
    for (int ky = 0; ky < kernel; ++ky) {
      const float* line = plane + ky * s.padded_width() + x * s.stride;
      for (int kx = 0; kx < kernel; ++kx) {
        const Lanes weight = lanes(weights + (ky * kernel + kx) * s.channels + c);
        for (int pixel = 0; pixel < pixels; ++pixel) {
          sums[pixel] += line[pixel * s.stride + kx] * weight;
        }
      }
    }
    for (int pixel = 0; pixel < pixels; ++pixel) {
      const Lanes sum = sums[pixel];
      lanes(row + (x + pixel) * s.channels + c) = sum > 0.0F ? sum : slope * sum;
    }
  }
}

template <int kernel>
GANYMEDE_INLINE void grid_row(const PlaneShape& s, const float* plane, const float* weights,
                              const float* bias, float slope, float* row) {
  constexpr int pixels = 4;
  std::int64_t x = 0;
  for (; x + pixels <= s.grid_width; x += pixels) {
    grid_pixels<kernel, pixels>(s, plane, weights, bias, slope, x, row);
  }
  for (; x < s.grid_width; ++x) {
    grid_pixels<kernel, 1>(s, plane, weights, bias, slope, x, row);
  }
}

/// Four pixels of the plane, a stride apart, from four of the grid and those before them.
template <int taps>
GANYMEDE_INLINE void plane_pixels(const PlaneShape& s, const float* grid, const float* weights, float* sums) {
  const std::int64_t grid_row = s.padded_grid_width() * s.channels;
  const std::int64_t weights_row = s.padded_kernel() * s.channels;
  Lanes sum[4] = {};
  for (std::int64_t c = 0; c < s.channels; c += plane_lanes) {
    for (int i = 0; i < taps; ++i) {
      for (int j = 0; j < taps; ++j) {
        const Lanes weight = lanes(weights + s.stride * (i * weights_row + j * s.channels) + c);
        const float* pixels = grid - i * grid_row - j * s.channels + c;
        for (int pixel = 0; pixel < 4; ++pixel) {
          sum[pixel] += lanes(pixels + pixel * s.channels) * weight;
        }
      }
    }
  }
  sums_of(sum, sums);
}

/// Phase by phase: the pixels that meet the same part of the kernel.
template <int taps>
GANYMEDE_INLINE void plane_row(const PlaneShape& s, const float* grid, const float* weights, float* row) {
  for (std::int64_t phase = 0; phase < s.stride; ++phase) {
    const std::int64_t kx = (phase + s.pad_left) % s.stride;
    const float* pixels = grid + ((phase + s.pad_left) / s.stride + s.grid_margin()) * s.channels;
    for (std::int64_t x = phase; x < s.width; x += 4 * s.stride, pixels += 4 * s.channels) {
      float sums[4];
      plane_pixels<taps>(s, pixels, weights + kx * s.channels, sums);
      for (int pixel = 0; pixel < 4 && x + pixel * s.stride < s.width; ++pixel) {
        row[x + pixel * s.stride] = sums[pixel];
      }
    }
  }
}

template <int taps>
GANYMEDE_INLINE void whole_plane(const PlaneShape& s, const float* grid, const float* weights, float* plane) {
  for (std::int64_t y = 0; y < s.height; ++y) {
    const std::int64_t top = (y + s.pad_top) / s.stride + s.grid_margin();
    const std::int64_t ky = (y + s.pad_top) % s.stride;
    plane_row<taps>(s, grid + top * s.padded_grid_width() * s.channels,
                    weights + ky * s.padded_kernel() * s.channels, plane + y * s.width);
  }
}

template <int kernel>
GANYMEDE_INLINE void products(const PlaneShape& s, const float* plane, const float* grid, float* sums) {
  for (std::int64_t c = 0; c < s.channels; c += plane_lanes) {
    for (int ky = 0; ky < kernel; ++ky) {
      Lanes row[kernel] = {};
      for (std::int64_t y = 0; y < s.grid_height; ++y) {
        const float* line = plane + (y * s.stride + ky) * s.padded_width();
        const float* pixels = grid + y * s.grid_width * s.channels + c;
        for (std::int64_t x = 0; x < s.grid_width; ++x) {
          const Lanes pixel = lanes(pixels + x * s.channels);
          for (int kx = 0; kx < kernel; ++kx) {
            row[kx] += line[x * s.stride + kx] * pixel;
          }
        }
      }
      for (int kx = 0; kx < kernel; ++kx) {
        lanes(sums + (ky * kernel + kx) * s.channels + c) += row[kx];
      }
    }
  }
}

}  // namespace

GANYMEDE_CLONES void grid_row_of_plane(const PlaneShape& s, const float* plane, const float* weights,
                                       const float* bias, float slope, float* row) {
  switch (s.kernel) {
    case 1:
      return grid_row<1>(s, plane, weights, bias, slope, row);
    case 2:
      return grid_row<2>(s, plane, weights, bias, slope, row);
    case 3:
      return grid_row<3>(s, plane, weights, bias, slope, row);
    case 4:
      return grid_row<4>(s, plane, weights, bias, slope, row);
    default:
      assert(false);
  }
}

GANYMEDE_CLONES void plane_of_grid(const PlaneShape& s, const float* grid, const float* weights,
                                   float* plane) {
  switch (s.taps()) {
    case 1:
      return whole_plane<1>(s, grid, weights, plane);
    case 2:
      return whole_plane<2>(s, grid, weights, plane);
    case 3:
      return whole_plane<3>(s, grid, weights, plane);
    case 4:
      return whole_plane<4>(s, grid, weights, plane);
    default:
      assert(false);
  }
}

GANYMEDE_CLONES void add_plane_products(const PlaneShape& s, const float* plane, const float* grid,
                                        float* sums) {
  switch (s.kernel) {
    case 1:
      return products<1>(s, plane, grid, sums);
    case 2:
      return products<2>(s, plane, grid, sums);
    case 3:
      return products<3>(s, plane, grid, sums);
    case 4:
      return products<4>(s, plane, grid, sums);
    default:
      assert(false);
  }
}

}  // namespace ganymede::ops
