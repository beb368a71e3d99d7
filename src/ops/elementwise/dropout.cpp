#include "ops/elementwise/dropout.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>

#include "base/dtype.h"
#include "base/threads/parallel.h"
#include "ops/clones.h"

namespace ganymede::ops {

namespace {

using base::bf16;

constexpr std::int64_t grain = 16 * 1024;

int threshold(float rate) {
  return static_cast<int>(std::lround(rate * 256.0F));
}

template <class T>
GANYMEDE_INLINE void multiply(const std::uint8_t* kept, float scale, T* data, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    data[i] = static_cast<T>(static_cast<float>(data[i]) * (kept[i] != 0 ? scale : 0.0F));
  }
}
GANYMEDE_CLONES void apply(const std::uint8_t* kept, float scale, float* data, std::int64_t count) {
  multiply(kept, scale, data, count);
}
GANYMEDE_CLONES void apply(const std::uint8_t* kept, float scale, bf16* data, std::int64_t count) {
  multiply(kept, scale, data, count);
}

}  // namespace

void dropout_mask(const base::RandomKey& key, float rate, std::span<std::uint8_t> kept, std::int64_t first) {
  constexpr std::int64_t block = 16;
  const int lowest = threshold(rate);
  const std::int64_t shift = first % block;  // of `kept` against the random blocks
  const std::int64_t size = static_cast<std::int64_t>(kept.size()) + shift;
  base::parallel_for(size, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; i += block) {
      const auto words = base::random_block(key, static_cast<std::uint32_t>((first - shift + i) / block));
      const auto bytes = std::bit_cast<std::array<std::uint8_t, block>>(words);
      const std::int64_t from = i == 0 ? shift : 0;
      std::transform(bytes.begin() + from, bytes.begin() + std::min(block, end - i),
                     kept.begin() + (i + from - shift),
                     [=](std::uint8_t byte) { return static_cast<std::uint8_t>(byte >= lowest); });
    }
  });
}

float dropout_scale(float rate) {
  return 256.0F / static_cast<float>(256 - threshold(rate));
}

template <class T>
void dropout_apply(std::span<const std::uint8_t> kept, float scale, std::span<T> data) {
  assert(kept.size() == data.size());
  base::parallel_for(static_cast<std::int64_t>(data.size()), grain,
                     [&](std::int64_t begin, std::int64_t end) {
                       apply(kept.data() + begin, scale, data.data() + begin, end - begin);
                     });
}

template void dropout_apply(std::span<const std::uint8_t>, float, std::span<float>);
template void dropout_apply(std::span<const std::uint8_t>, float, std::span<bf16>);

}  // namespace ganymede::ops
