#include "eval/broken_images.h"

#include <algorithm>
#include <numeric>

#include "eval/metrics/neighbours.h"

namespace ganymede::eval {

namespace {

/// The place of each value among all of them in ascending order.
std::vector<std::size_t> ranks_of(const std::vector<float>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t n) { return values[n]; });
  std::vector<std::size_t> ranks(values.size());
  for (std::size_t place = 0; place < order.size(); ++place) {
    ranks[order[place]] = place;
  }
  return ranks;
}

float value_at(std::vector<float> values, std::size_t rank) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::ranges::nth_element(values, place);
  return *place;
}

/// Training images in the space.
Points beginning_of(std::span<const std::uint8_t> train, const FeatureReader& reader) {
  const auto most = static_cast<std::size_t>(BrokenImages::most_neighbours * reader.image.elements());
  return Points(features_of(reader.read(train.first(std::min(most, train.size())))));
}

}  // namespace

BrokenImages::BrokenImages(const FeatureSpace& first, const FeatureSpace& second,
                           std::span<const std::uint8_t> train, const ops::Device& device)
    : device_(device), train_{beginning_of(train, first.reader()), beginning_of(train, second.reader())} {
  const std::array found = distances(first.real(), second.real(), {});
  const std::array ranks = {ranks_of(found[0]), ranks_of(found[1])};
  // An image is as far as the lower of its two ranks says. The same rank is the limit in both spaces.
  std::vector<std::size_t> lower(found[0].size());
  std::ranges::transform(ranks[0], ranks[1], lower.begin(),
                         [](std::size_t a, std::size_t b) { return std::min(a, b); });
  std::ranges::sort(lower, std::greater());
  const std::size_t limit =
      lower[static_cast<std::size_t>(share_of_test_images * static_cast<double>(lower.size()))];
  far_ = {value_at(found[0], limit), value_at(found[1], limit)};
}

std::vector<float> BrokenImages::judge(const Readings& first, const Readings& second,
                                       std::span<const std::uint32_t> training_numbers) const {
  const std::array found = distances(first, second, training_numbers);
  std::vector<float> broken(found[0].size());
  for (std::size_t n = 0; n < broken.size(); ++n) {
    broken[n] = found[0][n] > far_[0] && found[1][n] > far_[1] ? 1.0F : 0.0F;
  }
  return broken;
}

std::array<std::vector<float>, 2> BrokenImages::distances(
    const Readings& first, const Readings& second, std::span<const std::uint32_t> training_numbers) const {
  return {nearest_distances(device_, Points(features_of(first)), train_[0], training_numbers),
          nearest_distances(device_, Points(features_of(second)), train_[1], training_numbers)};
}

}  // namespace ganymede::eval
