#include "data/sampler.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/random.h"

namespace ganymede::data {

Sampler::Sampler(std::uint64_t seed, std::uint32_t count) : seed_(seed), permutation_(count) {
  if (count == 0) {
    throw base::Error(base::ErrorKind::data, {.where = "training split",
                                              .found = "no images",
                                              .expected = "at least one",
                                              .advice = "Check the data set"});
  }
  shuffle(0);
}

void Sampler::indices(std::uint64_t first, std::span<std::uint32_t> dst) {
  const std::uint64_t count = permutation_.size();
  while (!dst.empty()) {
    if (first / count != pass_) {
      shuffle(first / count);
    }
    const auto begin = static_cast<std::size_t>(first % count);
    const std::size_t length = std::min(dst.size(), permutation_.size() - begin);
    std::copy_n(permutation_.begin() + static_cast<std::ptrdiff_t>(begin), length, dst.begin());
    dst = dst.subspan(length);
    first += length;
  }
}

void Sampler::shuffle(std::uint64_t pass) {
  pass_ = pass;
  std::iota(permutation_.begin(), permutation_.end(), 0U);
  const base::RandomKey key{.seed = seed_, .purpose = base::Purpose::shuffle, .stream = 0, .step = pass};
  const auto count = static_cast<std::uint32_t>(permutation_.size());
  std::array<std::uint32_t, 4> words{};
  for (std::uint32_t swap = 0; swap + 1 < count; ++swap) {
    if (swap % 4 == 0) {
      words = base::random_block(key, swap / 4);
    }
    const std::uint32_t last = count - 1 - swap;
    std::swap(permutation_[last], permutation_[base::bounded(words[swap % 4], last + 1)]);
  }
}

}  // namespace ganymede::data
