#include "ops/convert.h"

#include <cassert>
#include <cstdint>

#include "base/threads/parallel.h"
#include "ops/clones.h"

namespace ganymede::ops {

namespace {

using base::bf16;

constexpr std::int64_t grain = 16 * 1024;

template <class S, class T>
GANYMEDE_INLINE void convert_each(const S* src, T* dst, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    dst[i] = static_cast<T>(static_cast<float>(src[i]));
  }
}
GANYMEDE_CLONES void convert_range(const float* src, float* dst, std::int64_t n) {
  convert_each(src, dst, n);
}
GANYMEDE_CLONES void convert_range(const float* src, bf16* dst, std::int64_t n) {
  convert_each(src, dst, n);
}
GANYMEDE_CLONES void convert_range(const bf16* src, float* dst, std::int64_t n) {
  convert_each(src, dst, n);
}
GANYMEDE_CLONES void convert_range(const bf16* src, bf16* dst, std::int64_t n) {
  convert_each(src, dst, n);
}

}  // namespace

template <class S, class T>
void convert(std::span<const S> src, std::span<T> dst) {
  assert(src.size() == dst.size());
  base::parallel_for(static_cast<std::int64_t>(src.size()), grain, [&](std::int64_t begin, std::int64_t end) {
    convert_range(src.data() + begin, dst.data() + begin, end - begin);
  });
}

template void convert(std::span<const float>, std::span<float>);
template void convert(std::span<const float>, std::span<bf16>);
template void convert(std::span<const bf16>, std::span<float>);
template void convert(std::span<const bf16>, std::span<bf16>);

}  // namespace ganymede::ops
