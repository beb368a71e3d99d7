#include "base/random.h"

#include <Random123/philox.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/threads/parallel.h"

namespace ganymede::base {

namespace {

constexpr std::int64_t blocks_a_chunk = 1024;

/// Fills `dst` with the values from number `first` on, block by block: `transform` turns four words into four
/// values.
template <class Transform>
void fill(const RandomKey& key, std::uint64_t first, std::span<float> dst, const Transform& transform) {
  const auto shift = static_cast<std::int64_t>(first % 4);  // of `dst` against the blocks
  const auto size = static_cast<std::int64_t>(dst.size()) + shift;
  parallel_for((size + 3) / 4, blocks_a_chunk, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block) {
      const std::array<float, 4> values = transform(
          random_block(key, static_cast<std::uint32_t>(first / 4) + static_cast<std::uint32_t>(block)));
      const std::int64_t from = block == 0 ? shift : 0;
      const std::int64_t to = std::min<std::int64_t>(4, size - 4 * block);
      std::copy(values.begin() + from, values.begin() + to, dst.begin() + (4 * block + from - shift));
    }
  });
}

}  // namespace

std::array<std::uint32_t, 4> random_block(const RandomKey& key, std::uint32_t block) {
  const r123::Philox4x32::key_type philox_key = {
      {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32)}};
  const r123::Philox4x32::ctr_type counter = {
      {block, static_cast<std::uint32_t>(key.purpose) | key.stream << 8, static_cast<std::uint32_t>(key.step),
       static_cast<std::uint32_t>(key.step >> 32)}};
  const auto words = r123::Philox4x32{}(counter, philox_key);
  return {words[0], words[1], words[2], words[3]};
}

std::uint32_t random_word(const RandomKey& key, std::uint64_t index) {
  return random_block(key, static_cast<std::uint32_t>(index / 4))[index % 4];
}

void fill_uniform(const RandomKey& key, float low, float high, std::span<float> dst, std::uint64_t first) {
  fill(key, first, dst, [=](const std::array<std::uint32_t, 4>& words) {
    std::array<float, 4> values;
    std::transform(words.begin(), words.end(), values.begin(),
                   [=](std::uint32_t word) { return low + (high - low) * unit_uniform(word); });
    return values;
  });
}

void fill_normal(const RandomKey& key, float mean, float deviation, std::span<float> dst,
                 std::uint64_t first) {
  fill(key, first, dst, [=](const std::array<std::uint32_t, 4>& words) {
    std::array<float, 4> values;
    for (std::size_t pair = 0; pair < 4; pair += 2) {
      const float radius =
          deviation * std::sqrt(-2.0F * std::log(static_cast<float>((words[pair] >> 8) + 1) * 0x1p-24F));
      const float angle = 2.0F * std::numbers::pi_v<float> * unit_uniform(words[pair + 1]);
      values[pair] = mean + radius * std::cos(angle);
      values[pair + 1] = mean + radius * std::sin(angle);
    }
    return values;
  });
}

}  // namespace ganymede::base
