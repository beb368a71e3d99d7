#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace ganymede::base {

/// The purpose of a random number. Values are part of the file format: a resumed run draws the same numbers,
/// and a checkpoint needs no random state.
enum class Purpose : std::uint32_t {
  initial_weights = 1,
  shuffle = 2,
  discriminator_latent = 3,
  generator_latent = 4,
  sample_latent = 5,
  dropout = 6,
  discriminator_label = 7,
  generator_label = 8,
  sample_label = 9,
  label_flip = 16,
  instance_noise = 17,
  interpolation = 18,
  spectral_norm = 19,
  augmentation = 20,
  bootstrap = 21,
  evaluation_subset = 22,
  stack = 23,
  test_split = 24,
  sweep_setting = 25,
  held_out = 26,
  two_sample_test = 27,
};

/// Names a sequence of random numbers: the n-th one depends on these four and on n, and on nothing else.
struct RandomKey {
  std::uint64_t seed = 0;                      ///< of the run
  Purpose purpose = Purpose::initial_weights;  ///< what the numbers are for
  std::uint32_t stream = 0;                    ///< which layer or tensor, below 2^24
  std::uint64_t step = 0;                      ///< which training step
};

/// Four random words: Philox4x32-10 (Salmon et al. 2011) with key {seed low, seed high} and counter
/// {block, purpose | stream << 8, step low, step high}. Element n of a sequence is word n % 4 of block n / 4.
std::array<std::uint32_t, 4> random_block(const RandomKey& key, std::uint32_t block);

/// Element `index` of the sequence as a word.
std::uint32_t random_word(const RandomKey& key, std::uint64_t index);

/// Uniform in [0, 1): the upper 24 bits of a word times 2^-24.
inline float unit_uniform(std::uint32_t word) {
  return static_cast<float>(word >> 8) * 0x1p-24F;
}

/// Uniform integers in [0, bound): the upper half of word * bound (a bias below bound / 2^32).
inline std::uint32_t bounded(std::uint32_t word, std::uint32_t bound) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(word) * bound) >> 32);
}

/// Draws `count` of the items without repetition: they come first, in random order.
template <class Item>
void draw_first(const RandomKey& key, std::span<Item> items, std::size_t count) {
  for (std::size_t n = 0; n < count; ++n) {
    const auto left = static_cast<std::uint32_t>(items.size() - n);
    std::swap(items[n], items[n + bounded(random_word(key, n), left)]);
  }
}

/// dst[n] = low + (high - low) * unit_uniform(word first + n).
void fill_uniform(const RandomKey& key, float low, float high, std::span<float> dst, std::uint64_t first = 0);

/// dst[n] = mean + deviation * z_first+n, with z from Box and Muller: words 2k and 2k + 1 give
/// r = sqrt(-2 ln(((w0 >> 8) + 1) 2^-24)), a = 2 pi unit_uniform(w1), z_2k = r cos a, z_2k+1 = r sin a.
void fill_normal(const RandomKey& key, float mean, float deviation, std::span<float> dst,
                 std::uint64_t first = 0);

}  // namespace ganymede::base
