#include "eval/pixel_statistics.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace ganymede::eval {

namespace {

constexpr std::uint8_t white_from = 250;

float share(std::span<const std::uint8_t> values, auto&& counts) {
  return static_cast<float>(std::ranges::count_if(values, counts)) / static_cast<float>(values.size());
}

/// Over the values that have four neighbours; 0 where there are none.
float mean_laplacian(std::span<const std::uint8_t> values, const base::Shape& image) {
  const std::int64_t row = image[1] * image[2];
  const std::int64_t column = image[2];
  double sum = 0.0;
  for (std::int64_t y = 1; y + 1 < image[0]; ++y) {
    for (std::int64_t place = y * row + column; place < (y + 1) * row - column; ++place) {
      const int around =
          values[place - column] + values[place + column] + values[place - row] + values[place + row];
      sum += std::abs(around - 4 * values[place]);
    }
  }
  const std::int64_t inside =
      std::max<std::int64_t>(image[0] - 2, 0) * std::max<std::int64_t>(row - 2 * column, 0);
  constexpr double brightest = 255.0;
  return inside > 0 ? static_cast<float>(sum / (brightest * static_cast<double>(inside))) : 0.0F;
}

}  // namespace

PixelStatistics pixel_statistics(std::span<const std::uint8_t> images, const base::Shape& image) {
  const auto size = static_cast<std::size_t>(image.elements());
  PixelStatistics statistics;
  for (std::size_t first = 0; first < images.size(); first += size) {
    const auto values = images.subspan(first, size);
    statistics.black.push_back(share(values, [](std::uint8_t value) { return value == 0; }));
    statistics.white.push_back(share(values, [](std::uint8_t value) { return value >= white_from; }));
    statistics.laplacian.push_back(mean_laplacian(values, image));
  }
  return statistics;
}

}  // namespace ganymede::eval
