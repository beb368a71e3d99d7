#include "scores/array_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "base/error.h"
#include "data/formats/parts/array_split.h"
#include "eval/metrics/distances.h"
#include "eval/metrics/duplicates.h"
#include "eval/metrics/frechet.h"
#include "eval/metrics/kernel_distance.h"
#include "eval/metrics/neighbours.h"
#include "ops/device.h"
#include "scores/image_source.h"
#include "scores/instruments.h"

namespace ganymede::scores {

namespace {

/// Throws Error(usage) unless the features can be compared, and there are more than `few` of both.
void require_comparable(const eval::Features& a, const eval::Features& b, std::int64_t few) {
  if (a.dimensions != b.dimensions) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = "features",
                       .found = fmt::format("{} and {} of an image", a.dimensions, b.dimensions),
                       .expected = "as many on both sides",
                       .advice = "Read both sets of images in the same way"});
  }
  if (const std::int64_t least = std::min(a.count(), b.count()); least <= few) {
    throw base::Error(base::ErrorKind::usage, {.where = "features",
                                               .found = fmt::format("{} images", least),
                                               .expected = fmt::format("at least {}", few + 1),
                                               .advice = "Give more images"});
  }
}

double mean(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The bytes of an array of images, and what size they have.
data::Dataset read_images(const codecs::NpyView& images) {
  data::Dataset read;
  data::SplitReader(read).read({images, "images", "images"}, {}, read.train);
  return read;
}

}  // namespace

OwnedFeatures features_of(const FeaturesRequest& request, const std::function<void(std::string_view)>& say) {
  const data::Dataset images = read_images(request.images);
  Instruments instruments(request.data, {}, request.classifier, say);
  require_size("images", {images.height, images.width, images.channels}, instruments.dataset);
  eval::Readings readings = instruments.reader().read(images.train.pixels);
  return {std::move(readings.features), readings.feature_count};
}

double frechet(const eval::Features& a, const eval::Features& b) {
  require_comparable(a, b, 1);
  return eval::FrechetDistance(a).to(b);
}

NeighbourScores precision_recall(const eval::Features& real, const eval::Features& generated,
                                 std::int64_t neighbours) {
  if (neighbours < 1) {
    throw base::Error(base::ErrorKind::usage, {.where = "neighbours",
                                               .found = fmt::format("{}", neighbours),
                                               .expected = "at least 1",
                                               .advice = "Give 3, as most authors do"});
  }
  require_comparable(real, generated, neighbours);
  const ops::Device device;
  const eval::NeighbourCounts counts{.precision_recall = neighbours, .density_coverage = neighbours};
  const eval::Points real_points(real), generated_points(generated);
  const eval::Radii real_radii = eval::neighbour_radii(device, real_points, counts);
  const eval::Radii generated_radii = eval::neighbour_radii(device, generated_points, counts);
  const eval::OfGenerated of_generated =
      eval::judge_generated(device, generated_points, real_points, real_radii, counts);
  const eval::OfReal of_real =
      eval::judge_real(device, real_points, generated_points, real_radii, generated_radii);
  return {.precision = mean(of_generated.precise),
          .recall = mean(of_real.recalled),
          .density = mean(of_generated.density),
          .coverage = mean(of_real.covered)};
}

KernelScore kernel_distance(const eval::Features& a, const eval::Features& b, const KernelSubsets& subsets) {
  require_comparable(a, b, 1);
  if (subsets.count < 1 || subsets.size < 2) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = "subsets",
                       .found = fmt::format("{} of {} images", subsets.count, subsets.size),
                       .expected = "at least one of at least two images",
                       .advice = "Give 100 of 1,000, as most authors do"});
  }
  const ops::Device device;
  const eval::KernelDistance distance = eval::kernel_distance(
      device, a, b, {.subsets = subsets.count, .subset_size = subsets.size, .seed = subsets.seed});
  return {distance.mean, distance.deviation};
}

double duplicates(const codecs::NpyView& images, const std::optional<codecs::NpyView>& like,
                  std::optional<double> radius) {
  const data::Dataset set = read_images(images);
  const data::Dataset real = like ? read_images(*like) : data::Dataset();
  if (like) {
    require_size("images", {set.height, set.width, set.channels}, real);
  }
  if (set.train.count() < 2) {
    throw base::Error(base::ErrorKind::data, {.where = "images",
                                              .found = "a single image",
                                              .expected = "at least two",
                                              .advice = "Give more images"});
  }
  const auto pixels = static_cast<std::int64_t>(set.train.image_size());
  const data::Split& measured = like ? real.train : set.train;
  return eval::duplicate_share(set.train.pixels, pixels,
                               radius.value_or(eval::duplicate_radius(measured.pixels, pixels)));
}

}  // namespace ganymede::scores
