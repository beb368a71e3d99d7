#include "data/formats/parts/pixel_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace ganymede::data {

namespace {

using codecs::NpyKind;
using codecs::NpyView;

constexpr std::array<std::pair<double, double>, 3> known_ranges = {{{0.0, 1.0}, {-1.0, 1.0}, {0.0, 255.0}}};

[[noreturn]] void refuse(const std::string& where, std::string found, std::string advice) {
  throw base::Error(base::ErrorKind::data,
                    {.where = where,
                     .found = std::move(found),
                     .expected = "bytes, or floats from 0 to 1, from -1 to 1 or from 0 to 255",
                     .advice = std::move(advice)});
}

bool are_bytes(const NpyView& array) {
  return array.kind == NpyKind::unsigned_integer && array.value_bytes == 1;
}

}  // namespace

ValueRange range_of(const NpyView& array, const std::string& where) {
  if (are_bytes(array)) {
    return {array.kind, 0.0, 255.0, "bytes"};
  }
  if (array.kind == NpyKind::boolean) {
    return {array.kind, 0.0, 1.0, "booleans, false is black and true is white"};
  }
  if (array.kind != NpyKind::floating) {
    refuse(where, fmt::format("values of type {}", array.type),
           "Write them as bytes, for example with numpy: images.astype('uint8')");
  }
  double lowest = array.number(0);
  double highest = lowest;
  for (std::size_t n = 0; n < array.count(); ++n) {
    const double value = array.number(n);
    if (!std::isfinite(value)) {
      refuse(where, fmt::format("the value {}", value), "Find out where it comes from");
    }
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  for (const auto& [low, high] : known_ranges) {
    if (lowest >= low && highest <= high) {
      return {array.kind, low, high,
              fmt::format("floats from {:.4g} to {:.4g}, read as {} to {}", lowest, highest, low, high)};
    }
  }
  refuse(where, fmt::format("floats from {:.4g} to {:.4g}", lowest, highest),
         "Scale them, for example with numpy: (images - images.min()) / (images.max() - images.min())");
}

std::vector<std::uint8_t> to_pixels(const NpyView& array, const ValueRange& range, const std::string& where) {
  std::vector<std::uint8_t> pixels(array.count());
  if (array.kind != range.kind) {
    refuse(where,
           fmt::format("values of type {} where the training images are {}", array.type, range.description),
           "Write all images in one type");
  }
  if (are_bytes(array)) {
    std::memcpy(pixels.data(), array.values.data(), pixels.size());
    return pixels;
  }
  const double scale = 255.0 / (range.high - range.low);
  for (std::size_t n = 0; n < pixels.size(); ++n) {
    const double value = array.number(n);
    if (!(value >= range.low && value <= range.high)) {
      refuse(where,
             fmt::format("the value {:.4g} where the training images are {}", value, range.description),
             "Scale all images in the same way");
    }
    pixels[n] = static_cast<std::uint8_t>(std::lround((value - range.low) * scale));
  }
  return pixels;
}

}  // namespace ganymede::data
