#include "eval/metrics/duplicates.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ganymede::eval {

namespace {

std::int64_t squared_distance(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int difference = static_cast<int>(a[i]) - static_cast<int>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

}  // namespace

double typical_distance(std::span<const std::uint8_t> images, std::int64_t pixels) {
  std::vector<double> sums(static_cast<std::size_t>(pixels));
  double squares = 0.0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const double value = images[i];
    sums[i % sums.size()] += value;
    squares += value * value;
  }
  const double count = static_cast<double>(images.size()) / static_cast<double>(pixels);
  double variance = squares / count;
  for (const double sum : sums) {
    variance -= sum / count * (sum / count);
  }
  return std::sqrt(2.0 * std::max(variance, 0.0));
}

double duplicate_radius(std::span<const std::uint8_t> real, std::int64_t pixels) {
  constexpr double share = 0.2;
  return share * typical_distance(real, pixels);
}

double duplicate_share(std::span<const std::uint8_t> images, std::int64_t pixels, double radius) {
  const auto size = static_cast<std::size_t>(pixels);
  const std::size_t count = images.size() / size;
  const double limit = radius * radius;
  std::vector<std::uint8_t> has_duplicate(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j) {
      const std::int64_t distance =
          squared_distance(images.subspan(i * size, size), images.subspan(j * size, size));
      if (static_cast<double>(distance) <= limit) {
        has_duplicate[i] = has_duplicate[j] = 1;
      }
    }
  }
  return static_cast<double>(std::ranges::count(has_duplicate, 1)) / static_cast<double>(count);
}

}  // namespace ganymede::eval
