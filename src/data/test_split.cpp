#include "data/test_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "base/number.h"
#include "base/random.h"

namespace ganymede::data {

namespace {

constexpr double test_share = 0.1;

/// For each image whether it is to test with.
std::vector<bool> draw_test_images(const Split& split, std::int64_t seed) {
  std::vector<std::vector<std::uint32_t>> of_label;
  for (std::size_t n = 0; n < split.count(); ++n) {
    of_label.resize(std::max(of_label.size(), std::size_t{split.labels[n]} + 1));
    of_label[split.labels[n]].push_back(static_cast<std::uint32_t>(n));
  }
  std::vector<bool> chosen(split.count());
  for (std::size_t label = 0; label < of_label.size(); ++label) {
    std::vector<std::uint32_t>& images = of_label[label];
    if (images.size() < 2) {
      continue;
    }
    const auto wanted =
        static_cast<std::size_t>(std::max(1.0, std::round(test_share * static_cast<double>(images.size()))));
    const base::RandomKey key{.seed = static_cast<std::uint64_t>(seed),
                              .purpose = base::Purpose::test_split,
                              .stream = static_cast<std::uint32_t>(label)};
    for (std::size_t taken = 0; taken < wanted; ++taken) {
      const auto left = static_cast<std::uint32_t>(images.size() - taken);
      std::swap(images[taken], images[taken + base::bounded(base::random_word(key, taken), left)]);
      chosen[images[taken]] = true;
    }
  }
  return chosen;
}

}  // namespace

void cut_test_split(Dataset& dataset, const Preparation& preparation) {
  const std::vector<bool> chosen = draw_test_images(dataset.train, preparation.split_seed);
  const auto count = static_cast<std::size_t>(std::ranges::count(chosen, true));
  if (count == 0) {
    throw base::Error(base::ErrorKind::data,
                      {.where = dataset.name,
                       .found = fmt::format("{} images, no two of one class", chosen.size()),
                       .expected = "at least two images of a class, of which one is kept to test with",
                       .advice = "Add images"});
  }
  const std::size_t image_size = dataset.train.image_size();
  Split& train = dataset.train;
  Split& test = dataset.test;
  test.pixels.reserve(count * image_size);
  test.labels.reserve(count);
  std::size_t kept = 0;
  for (std::size_t n = 0; n < chosen.size(); ++n) {
    const auto pixels = train.pixels.begin() + static_cast<std::ptrdiff_t>(n * image_size);
    const auto end = pixels + static_cast<std::ptrdiff_t>(image_size);
    if (chosen[n]) {
      test.pixels.insert(test.pixels.end(), pixels, end);
      test.labels.push_back(train.labels[n]);
    } else {
      std::copy(pixels, end, train.pixels.begin() + static_cast<std::ptrdiff_t>(kept * image_size));
      train.labels[kept++] = train.labels[n];
    }
  }
  train.pixels.resize(kept * image_size);
  train.labels.resize(kept);
  dataset.notes.push_back(
      fmt::format("There are no images to test with: {} of {} were drawn from the training images (seed {})",
                  base::grouped(static_cast<std::int64_t>(count)),
                  base::grouped(static_cast<std::int64_t>(chosen.size())), preparation.split_seed));
  dataset.as_in_files = false;
}

}  // namespace ganymede::data
