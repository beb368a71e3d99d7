#include "ops/elementwise/elementwise.h"

#include <cassert>
#include <cstdint>

#include "base/dtype.h"
#include "base/threads/parallel.h"
#include "ops/clones.h"

namespace ganymede::ops {

namespace {

using base::bf16;

constexpr std::int64_t grain = 16 * 1024;

template <class T>
GANYMEDE_INLINE void add_scaled_body(float factor, const T* src, T* dst, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    dst[i] = static_cast<T>(static_cast<float>(dst[i]) + factor * static_cast<float>(src[i]));
  }
}
GANYMEDE_CLONES void add_scaled(float factor, const float* src, float* dst, std::int64_t count) {
  add_scaled_body(factor, src, dst, count);
}
GANYMEDE_CLONES void add_scaled(float factor, const bf16* src, bf16* dst, std::int64_t count) {
  add_scaled_body(factor, src, dst, count);
}

template <class T>
GANYMEDE_INLINE void scale_body(float factor, T* data, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    data[i] = static_cast<T>(factor * static_cast<float>(data[i]));
  }
}
GANYMEDE_CLONES void scale(float factor, float* data, std::int64_t count) {
  scale_body(factor, data, count);
}
GANYMEDE_CLONES void scale(float factor, bf16* data, std::int64_t count) {
  scale_body(factor, data, count);
}

GANYMEDE_CLONES void move(float share, const float* src, float* dst, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    dst[i] += share * (src[i] - dst[i]);
  }
}

GANYMEDE_CLONES void clamp_all(float limit, float* data, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    data[i] = data[i] < -limit ? -limit : (data[i] > limit ? limit : data[i]);
  }
}

/// Calls body(row, its first element, its width) for each row, on several threads where there is enough to
/// do.
template <class Body>
void for_each_row(std::size_t rows, std::size_t elements, const Body& body) {
  const auto count = static_cast<std::int64_t>(rows);
  const std::int64_t width = static_cast<std::int64_t>(elements) / count;
  assert(width * count == static_cast<std::int64_t>(elements));
  base::parallel_for(count, 1 + grain / (width + 1), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      body(row, row * width, width);
    }
  });
}

}  // namespace

template <class T>
void add(std::span<const T> src, std::span<T> dst) {
  assert(src.size() == dst.size());
  base::parallel_for(static_cast<std::int64_t>(dst.size()), grain, [&](std::int64_t begin, std::int64_t end) {
    add_scaled(1.0F, src.data() + begin, dst.data() + begin, end - begin);
  });
}

template <class T>
void add_scaled_rows(std::span<const float> factors, std::span<const T> src, std::span<T> dst) {
  assert(src.size() == dst.size());
  for_each_row(factors.size(), dst.size(), [&](std::int64_t row, std::int64_t first, std::int64_t width) {
    add_scaled(factors[row], src.data() + first, dst.data() + first, width);
  });
}

template <class T>
void scale_rows(std::span<const float> factors, std::span<T> data) {
  for_each_row(factors.size(), data.size(), [&](std::int64_t row, std::int64_t first, std::int64_t width) {
    scale(factors[row], data.data() + first, width);
  });
}

void move_towards(float share, std::span<const float> src, std::span<float> dst) {
  assert(src.size() == dst.size());
  base::parallel_for(static_cast<std::int64_t>(dst.size()), grain, [&](std::int64_t begin, std::int64_t end) {
    move(share, src.data() + begin, dst.data() + begin, end - begin);
  });
}

void clamp(float limit, std::span<float> data) {
  base::parallel_for(
      static_cast<std::int64_t>(data.size()), grain,
      [&](std::int64_t begin, std::int64_t end) { clamp_all(limit, data.data() + begin, end - begin); });
}

template void add(std::span<const float>, std::span<float>);
template void add(std::span<const bf16>, std::span<bf16>);
template void add_scaled_rows(std::span<const float>, std::span<const float>, std::span<float>);
template void add_scaled_rows(std::span<const float>, std::span<const bf16>, std::span<bf16>);
template void scale_rows(std::span<const float>, std::span<float>);
template void scale_rows(std::span<const float>, std::span<bf16>);

}  // namespace ganymede::ops
