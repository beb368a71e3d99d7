#include "ops/elementwise/select.h"

#include <algorithm>
#include <cassert>

#include "base/dtype.h"

namespace ganymede::ops {

template <class T>
void select(std::span<const T> src, std::span<const std::int32_t> labels, std::span<T> dst) {
  const std::size_t classes = src.size() / dst.size();
  for (std::size_t row = 0; row < dst.size(); ++row) {
    const auto label = static_cast<std::size_t>(labels[row]);
    assert(label < classes);
    dst[row] = src[row * classes + label];
  }
}

template <class T>
void select_backward(std::span<const T> diff_dst, std::span<const std::int32_t> labels,
                     std::span<T> diff_src) {
  const std::size_t classes = diff_src.size() / diff_dst.size();
  std::ranges::fill(diff_src, T(0.0F));
  for (std::size_t row = 0; row < diff_dst.size(); ++row) {
    const auto label = static_cast<std::size_t>(labels[row]);
    assert(label < classes);
    diff_src[row * classes + label] = diff_dst[row];
  }
}

template void select(std::span<const float>, std::span<const std::int32_t>, std::span<float>);
template void select(std::span<const base::bf16>, std::span<const std::int32_t>, std::span<base::bf16>);
template void select_backward(std::span<const float>, std::span<const std::int32_t>, std::span<float>);
template void select_backward(std::span<const base::bf16>, std::span<const std::int32_t>,
                              std::span<base::bf16>);

}  // namespace ganymede::ops
