#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ganymede::data {

/// The endless stream of training images, in passes over the data set that are shuffled afresh: a pure
/// function of the seed, the size of the data set and a position, so that a run resumes where it stopped.
/// Pass p is the Fisher-Yates shuffle of 0, 1, ... count - 1 that for k = 0, 1, ... swaps element i = count -
/// 1 - k with element bounded(random_word({seed, shuffle, 0, p}, k), i + 1).
class Sampler {
 public:
  /// Throws Error(data) if `count` is zero.
  Sampler(std::uint64_t seed, std::uint32_t count);

  /// dst[n] = the image at position first + n of the stream. Allocates nothing.
  void indices(std::uint64_t first, std::span<std::uint32_t> dst);

 private:
  void shuffle(std::uint64_t pass);

  std::uint64_t seed_;
  std::uint64_t pass_ = 0;
  std::vector<std::uint32_t> permutation_;  // of pass_
};

}  // namespace ganymede::data
