#include "data/test_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/number.h"
#include "base/random.h"

namespace ganymede::data {

namespace {

constexpr double test_share = 0.1;

/// The images of each class.
std::vector<std::vector<std::uint32_t>> numbers_by_label(const Split& split) {
  std::vector<std::vector<std::uint32_t>> of_label;
  for (std::size_t n = 0; n < split.count(); ++n) {
    of_label.resize(std::max(of_label.size(), std::size_t{split.labels[n]} + 1));
    of_label[split.labels[n]].push_back(static_cast<std::uint32_t>(n));
  }
  return of_label;
}

/// For each image whether it is among the `wanted[label]` that are drawn of its class.
std::vector<bool> draw_images(const Split& split, const std::vector<std::int64_t>& wanted,
                              const base::RandomKey& seed) {
  std::vector<std::vector<std::uint32_t>> of_label = numbers_by_label(split);
  std::vector<bool> chosen(split.count());
  for (std::size_t label = 0; label < of_label.size(); ++label) {
    std::vector<std::uint32_t>& images = of_label[label];
    base::RandomKey key = seed;
    key.stream = static_cast<std::uint32_t>(label);
    base::draw_first(key, std::span(images), static_cast<std::size_t>(wanted[label]));
    for (const std::uint32_t number : std::span(images).first(wanted[label])) {
      chosen[number] = true;
    }
  }
  return chosen;
}

/// How many images each label has.
std::vector<std::int64_t> label_counts(const Split& split) {
  std::vector<std::int64_t> counts;
  for (const auto& images : numbers_by_label(split)) {
    counts.push_back(static_cast<std::int64_t>(images.size()));
  }
  return counts;
}

base::RandomKey key_of(const Preparation& preparation, base::Purpose purpose) {
  return {.seed = static_cast<std::uint64_t>(preparation.split_seed), .purpose = purpose};
}

/// Moves the chosen training images to the test split.
void move_to_test(Dataset& dataset, const std::vector<bool>& chosen) {
  const auto count = static_cast<std::size_t>(std::ranges::count(chosen, true));
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
}

}  // namespace

void cut_test_split(Dataset& dataset, const Preparation& preparation) {
  std::vector<std::int64_t> wanted = label_counts(dataset.train);
  std::ranges::for_each(wanted, [](std::int64_t& count) {
    const double share = std::round(test_share * static_cast<double>(count));
    count = count < 2 ? 0 : static_cast<std::int64_t>(std::max(1.0, share));
  });
  const std::vector<bool> chosen =
      draw_images(dataset.train, wanted, key_of(preparation, base::Purpose::test_split));
  const auto count = std::ranges::count(chosen, true);
  if (count == 0) {
    throw base::Error(base::ErrorKind::data,
                      {.where = dataset.name,
                       .found = fmt::format("{} images, no two of one class", chosen.size()),
                       .expected = "at least two images of a class, of which one is kept to test with",
                       .advice = "Add images"});
  }
  move_to_test(dataset, chosen);
  dataset.notes.push_back(fmt::format(
      "There are no images to test with: {} of {} were drawn from the training images (seed {})",
      base::grouped(count), base::grouped(static_cast<std::int64_t>(chosen.size())), preparation.split_seed));
  dataset.as_in_files = false;
}

void hold_out(Dataset& dataset, const Preparation& preparation) {
  const auto count = static_cast<std::int64_t>(dataset.train.count());
  if (2 * preparation.held_out > count) {
    throw base::Error(base::ErrorKind::data,
                      {.where = dataset.name,
                       .found = fmt::format("{} of {} training images to hold out",
                                            base::grouped(preparation.held_out), base::grouped(count)),
                       .expected = "at most half of them",
                       .advice = fmt::format("Hold out {} or fewer", base::grouped(count / 6))});
  }
  dataset.test = {};
  move_to_test(dataset, draw_images(dataset.train,
                                    base::apportioned(label_counts(dataset.train), preparation.held_out),
                                    key_of(preparation, base::Purpose::held_out)));
  dataset.notes.push_back(
      fmt::format("{} of {} training images are held out, in place of the images to test with (seed {})",
                  base::grouped(preparation.held_out), base::grouped(count), preparation.split_seed));
}

}  // namespace ganymede::data
