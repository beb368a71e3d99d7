#include "data/contents.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace ganymede::data {

namespace {

using Bytes = std::vector<std::uint8_t>;

std::size_t hash_of(const Bytes& image) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(image.data()), image.size()});
}

/// The images that were seen, by what they hash to.
class Seen {
 public:
  explicit Seen(const Split& split) : split_(split) {}

  bool has(const Bytes& image) const {
    const auto [begin, end] = places_.equal_range(hash_of(image));
    return std::any_of(begin, end, [&](const auto& place) { return split_.image(place.second) == image; });
  }
  /// `place` is the image's in the split.
  void add(const Bytes& image, std::size_t place) { places_.emplace(hash_of(image), place); }

 private:
  const Split& split_;
  std::unordered_multimap<std::size_t, std::size_t> places_;
};

}  // namespace

bool is_published(const Dataset& dataset) {
  return !dataset.files.empty() && std::ranges::all_of(dataset.files, &DatasetFile::verified);
}

std::vector<std::int64_t> count_labels(const Split& split, int classes) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(std::max(classes, 1)));
  for (const std::uint16_t label : split.labels) {
    ++counts[label];
  }
  return counts;
}

PixelFacts describe_pixels(const Split& split) {
  assert(!split.pixels.empty());
  const auto [lowest, highest] = std::ranges::minmax(split.pixels);
  const auto sum = std::accumulate(split.pixels.begin(), split.pixels.end(), std::int64_t{0});
  return {lowest, highest, static_cast<double>(sum) / static_cast<double>(split.pixels.size())};
}

Repetitions count_repetitions(const Dataset& dataset) {
  Repetitions found;
  Seen seen(dataset.train);
  for (std::size_t n = 0; n < dataset.train.count(); ++n) {
    const Bytes image = dataset.train.image(n);
    if (seen.has(image)) {
      ++found.in_train;
    } else {
      seen.add(image, n);
    }
  }
  for (std::size_t n = 0; n < dataset.test.count(); ++n) {
    found.in_both += seen.has(dataset.test.image(n)) ? 1 : 0;
  }
  return found;
}

}  // namespace ganymede::data
