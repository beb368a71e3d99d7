#include "serve/nearest.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace ganymede::serve {

namespace {

/// The sum of squared differences.
std::uint64_t squared_distance(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  std::uint64_t sum = 0;
  for (std::size_t n = 0; n < a.size(); ++n) {
    const int difference = static_cast<int>(a[n]) - static_cast<int>(b[n]);
    sum += static_cast<std::uint64_t>(difference * difference);
  }
  return sum;
}

}  // namespace

std::vector<Neighbour> nearest(const data::Split& split, std::span<const std::uint8_t> image,
                               std::size_t count) {
  std::vector<Neighbour> all(split.count());
  std::vector<std::uint8_t> other(split.image_size());
  for (std::size_t n = 0; n < all.size(); ++n) {
    split.read_image(n, std::span(other), std::identity());
    all[n] = {n, std::sqrt(static_cast<double>(squared_distance(other, image))) / 255.0};
  }
  const auto kept = static_cast<std::ptrdiff_t>(std::min(count, all.size()));
  std::ranges::partial_sort(all, all.begin() + kept, {}, &Neighbour::distance);
  all.resize(static_cast<std::size_t>(kept));
  return all;
}

}  // namespace ganymede::serve
