#include "ops/elementwise/reduce.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/dtype.h"
#include "base/threads/parallel.h"
#include "ops/clones.h"

namespace ganymede::ops {

namespace {

using base::bf16;

/// Columns are summed in strips that fit into registers, each strip by one thread over all rows.
constexpr std::int64_t strip = 64;

template <class T>
GANYMEDE_INLINE void sum_strip(const T* src, std::int64_t rows, std::int64_t stride, std::int64_t width,
                               float* dst) {
  std::array<float, strip> sums{};
  if (width == strip) {
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t c = 0; c < strip; ++c) {
        sums[c] += static_cast<float>(src[row * stride + c]);
      }
    }
  } else {
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t c = 0; c < width; ++c) {
        sums[c] += static_cast<float>(src[row * stride + c]);
      }
    }
  }
  std::copy_n(sums.begin(), width, dst);
}
GANYMEDE_CLONES void sum(const float* src, std::int64_t rows, std::int64_t stride, std::int64_t width,
                         float* dst) {
  sum_strip(src, rows, stride, width, dst);
}
GANYMEDE_CLONES void sum(const bf16* src, std::int64_t rows, std::int64_t stride, std::int64_t width,
                         float* dst) {
  sum_strip(src, rows, stride, width, dst);
}

/// Several partial sums for vectorisation.
GANYMEDE_CLONES double sum_of_squares(const float* src, std::int64_t count) {
  constexpr std::int64_t lanes = 16;
  std::array<double, lanes> sums{};
  for (std::int64_t i = 0; i < count / lanes * lanes; i += lanes) {
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
      const auto value = static_cast<double>(src[i + lane]);
      sums[lane] += value * value;
    }
  }
  double sum = std::accumulate(sums.begin(), sums.end(), 0.0);
  for (std::int64_t i = count / lanes * lanes; i < count; ++i) {
    sum += static_cast<double>(src[i]) * static_cast<double>(src[i]);
  }
  return sum;
}

}  // namespace

template <class T>
void column_sum(std::span<const T> src, std::span<float> dst) {
  const auto columns = static_cast<std::int64_t>(dst.size());
  const std::int64_t rows = static_cast<std::int64_t>(src.size()) / columns;
  // A narrow matrix is read as a wider one whose columns repeat with period `columns`, and the repeats are
  // added up.
  std::int64_t fold = 1;
  while (fold * 2 * columns <= strip && rows % (fold * 2) == 0) {
    fold *= 2;
  }
  if (fold > 1) {
    std::array<float, strip> folded{};
    sum(src.data(), rows / fold, fold * columns, fold * columns, folded.data());
    for (std::int64_t c = 0; c < columns; ++c) {
      dst[c] = 0.0F;
      for (std::int64_t f = 0; f < fold; ++f) {
        dst[c] += folded[f * columns + c];
      }
    }
    return;
  }
  base::parallel_for(columns, strip, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t c = begin; c < end; c += strip) {
      sum(src.data() + c, rows, columns, std::min(strip, end - c), dst.data() + c);
    }
  });
}

template void column_sum(std::span<const float>, std::span<float>);
template void column_sum(std::span<const bf16>, std::span<float>);

double norm(std::span<const float> values) {
  return std::sqrt(sum_of_squares(values.data(), static_cast<std::int64_t>(values.size())));
}

}  // namespace ganymede::ops
