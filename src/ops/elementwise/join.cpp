#include "ops/elementwise/join.h"

#include <algorithm>
#include <cassert>

#include "base/dtype.h"

namespace ganymede::ops {

template <class T>
void join_zeros(std::span<const T> src, std::int64_t rows, std::int64_t classes, std::span<T> dst) {
  const std::int64_t channels = static_cast<std::int64_t>(src.size()) / rows;
  for (std::int64_t row = 0; row < rows; ++row) {
    T* out = dst.data() + row * (channels + classes);
    std::copy_n(src.data() + row * channels, channels, out);
    std::fill_n(out + channels, classes, T(0.0F));
  }
}

template <class T>
void join_label(std::span<const T> src, std::span<const std::int32_t> labels, std::int64_t classes,
                std::span<T> dst) {
  const auto rows = static_cast<std::int64_t>(dst.size() - src.size()) / classes;
  const std::int64_t rows_a_label = rows / static_cast<std::int64_t>(labels.size());
  join_zeros(src, rows, classes, dst);
  const std::int64_t width = static_cast<std::int64_t>(dst.size()) / rows;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int32_t label = labels[row / rows_a_label];
    assert(label >= 0 && label < classes);
    dst[row * width + width - classes + label] = T(1.0F);
  }
}

template <class T>
void split_label(std::span<const T> diff_dst, std::int64_t rows, std::int64_t classes,
                 std::span<T> diff_src) {
  const std::int64_t channels = static_cast<std::int64_t>(diff_src.size()) / rows;
  for (std::int64_t row = 0; row < rows; ++row) {
    std::copy_n(diff_dst.data() + row * (channels + classes), channels, diff_src.data() + row * channels);
  }
}

template void join_label(std::span<const float>, std::span<const std::int32_t>, std::int64_t,
                         std::span<float>);
template void join_label(std::span<const base::bf16>, std::span<const std::int32_t>, std::int64_t,
                         std::span<base::bf16>);
template void join_zeros(std::span<const float>, std::int64_t, std::int64_t, std::span<float>);
template void join_zeros(std::span<const base::bf16>, std::int64_t, std::int64_t, std::span<base::bf16>);
template void split_label(std::span<const float>, std::int64_t, std::int64_t, std::span<float>);
template void split_label(std::span<const base::bf16>, std::int64_t, std::int64_t, std::span<base::bf16>);

}  // namespace ganymede::ops
