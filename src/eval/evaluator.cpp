#include "eval/evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "base/stopwatch.h"
#include "eval/label_statistics.h"
#include "eval/metrics/bootstrap.h"
#include "eval/metrics/kernel_distance.h"

namespace ganymede::eval {

namespace {

constexpr NeighbourCounts neighbour_counts;
constexpr double share_of_near_test_images = 0.01;

std::int64_t count_of(std::span<const std::uint8_t> images, const FeatureReader& reader) {
  return static_cast<std::int64_t>(images.size()) / reader.image.elements();
}

/// Checks that there are enough images.
std::span<const std::uint8_t> enough(std::span<const std::uint8_t> images, const FeatureReader& reader,
                                     const char* which) {
  const std::int64_t count = count_of(images, reader);
  if (count < Evaluator::fewest_images) {
    throw base::Error(base::ErrorKind::data,
                      {.where = which,
                       .found = fmt::format("{} images", count),
                       .expected = fmt::format("at least {}", Evaluator::fewest_images),
                       .advice = "Give more; 10,000 are usual"});
  }
  return images;
}

Features features_of(const Readings& readings) {
  return {readings.features, readings.feature_count};
}

/// Pixels are exact in bf16, so the faster type is used.
base::DType dtype_of_pixels() {
  return ops::capabilities().native_bf16 ? base::DType::bf16 : base::DType::f32;
}

/// The value below which `share` of the values lie.
float quantile(std::vector<float> values, double share) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()));
  std::ranges::nth_element(values, place);
  return *place;
}

}  // namespace

Evaluator::Evaluator(FeatureReader reader, const Reference& reference, const EvaluationSettings& settings,
                     const ops::Device& device)
    : reader_(std::move(reader)),
      reference_(reference),
      settings_(settings),
      device_(device),
      real_shares_(reader_.classes > 0 ? label_shares(reference.test.labels, reader_.classes)
                                       : std::vector<double>()),
      real_(reader_.read(enough(reference.test.pixels, reader_, "the test images"))),
      frechet_(features_of(real_)),
      real_features_(features_of(real_)),
      real_radii_(neighbour_radii(device, real_features_, neighbour_counts)),
      training_pixels_(enough(reference.train.pixels, reader_, "the training images"),
                       reader_.image.elements(), dtype_of_pixels()) {
  const Points test_pixels(reference.test.pixels, training_pixels_.dimensions(), training_pixels_.dtype());
  near_ = quantile(nearest_distances(device, test_pixels, training_pixels_), share_of_near_test_images);
}

Evaluation Evaluator::evaluate(std::span<const std::uint8_t> images, std::span<const std::uint16_t> labels) {
  return measure({enough(images, reader_, "the images to evaluate"), labels}, {});
}

Evaluation Evaluator::floor(std::int64_t count) {
  const auto pixels = static_cast<std::size_t>(reader_.image.elements());
  std::vector<std::uint32_t> numbers(reference_.train.labels.size());
  std::iota(numbers.begin(), numbers.end(), 0U);
  const base::RandomKey key{.seed = settings_.seed, .purpose = base::Purpose::evaluation_subset, .stream = 2};
  const auto size = std::min(static_cast<std::size_t>(count), numbers.size());
  std::vector<std::uint8_t> images;
  std::vector<std::uint16_t> labels;
  for (std::size_t n = 0; n < size; ++n) {
    const auto left = static_cast<std::uint32_t>(numbers.size() - n);
    std::swap(numbers[n], numbers[n + base::bounded(base::random_word(key, n), left)]);
    std::ranges::copy(reference_.train.pixels.subspan(numbers[n] * pixels, pixels),
                      std::back_inserter(images));
    labels.push_back(reference_.train.labels[numbers[n]]);
  }
  return measure({images, labels}, std::span(numbers).first(size));
}

Evaluation Evaluator::measure(const LabelledImages& images, std::span<const std::uint32_t> training_numbers) {
  Evaluation result{
      .count = count_of(images.pixels, reader_), .scores = {}, .label_shares = {}, .seconds = {}};
  base::Stopwatch stopwatch;
  const auto finished = [&](std::string_view part) { result.seconds.emplace_back(part, stopwatch.lap()); };
  const BootstrapSettings bootstrap{.resamples = settings_.resamples, .seed = settings_.seed};
  Scores& scores = result.scores;

  const Readings readings = reader_.read(images.pixels);
  const Features features = features_of(readings);
  finished("features");

  scores.frechet_distance = {
      frechet_.to(features),
      bootstrap_deviation(result.count, bootstrap,
                          [&](std::span<const float> weights) { return frechet_.to(features, weights); })};
  finished("Fréchet distance");

  const KernelDistanceSettings subsets{.seed = settings_.seed};
  const KernelDistance kernel = kernel_distance(device_, features, features_of(real_), subsets);
  const double blocks = static_cast<double>(result.count) / static_cast<double>(kernel.subset_size);
  scores.kernel_distance.value = kernel.mean;
  // All subsets of one block have the same images, so their variation is unknown.
  if (blocks > 1.0) {
    scores.kernel_distance.deviation = kernel.deviation / std::sqrt(blocks);
  }
  scores.kernel_distance_std.value = kernel.deviation;
  finished("kernel distance");

  measure_neighbours(features, scores);
  finished("neighbours among features");
  if (reader_.classes > 0) {
    result.label_shares = label_shares(readings);
    measure_labels(readings, images.labels, scores);
    finished("labels");
  }
  measure_copies(images.pixels, training_numbers, scores);
  finished("nearest training images");
  return result;
}

void Evaluator::measure_neighbours(const Features& features, Scores& scores) const {
  const Points generated(features);
  const Radii radii = neighbour_radii(device_, generated, neighbour_counts);
  const OfGenerated of_generated =
      judge_generated(device_, generated, real_features_, real_radii_, neighbour_counts);
  const OfReal of_real = judge_real(device_, real_features_, generated, real_radii_, radii);
  scores.precision = mean_of(of_generated.precise);
  scores.density = mean_of(of_generated.density);
  scores.recall = mean_of(of_real.recalled);
  scores.coverage = mean_of(of_real.covered);
}

void Evaluator::measure_labels(const Readings& readings, std::span<const std::uint16_t> labels,
                               Scores& scores) const {
  const BootstrapSettings bootstrap{.resamples = settings_.resamples, .seed = settings_.seed};
  const auto divergence_of = [&](std::span<const float> weights) {
    return divergence(label_shares(readings, weights), real_shares_);
  };
  const auto score_of = [&](std::span<const float> weights) { return classifier_score(readings, weights); };
  scores.label_divergence = {divergence_of({}),
                             bootstrap_deviation(readings.count(), bootstrap, divergence_of)};
  scores.classifier_score = {score_of({}), bootstrap_deviation(readings.count(), bootstrap, score_of)};
  std::vector<float> confidence;
  std::vector<float> right;
  for (std::int64_t image = 0; image < readings.count(); ++image) {
    const std::int32_t label = readings.label(image);
    confidence.push_back(readings.probabilities_of(image)[label]);
    if (!labels.empty()) {
      right.push_back(label == labels[image] ? 1.0F : 0.0F);
    }
  }
  scores.confidence = mean_of(confidence);
  if (!right.empty()) {
    scores.label_accuracy = mean_of(right);
  }
}

void Evaluator::measure_copies(std::span<const std::uint8_t> images,
                               std::span<const std::uint32_t> training_numbers, Scores& scores) const {
  const Points pixels(images, training_pixels_.dimensions(), training_pixels_.dtype());
  std::vector<float> distances = nearest_distances(device_, pixels, training_pixels_, training_numbers);
  std::vector<float> near;
  std::ranges::transform(distances, std::back_inserter(near),
                         [&](float distance) { return distance < near_ ? 1.0F : 0.0F; });
  std::ranges::for_each(distances, [](float& distance) { distance /= 255.0F; });
  scores.neighbour_distance = mean_of(distances);
  scores.near_copies = mean_of(near);
}

Estimate Evaluator::mean_of(std::span<const float> values) const {
  const auto count = static_cast<std::int64_t>(values.size());
  const auto weighted_mean = [&](std::span<const float> weights) {
    return std::inner_product(values.begin(), values.end(), weights.begin(), 0.0) /
           static_cast<double>(count);
  };
  return {
      weighted_mean(std::vector<float>(values.size(), 1.0F)),
      bootstrap_deviation(count, {.resamples = settings_.resamples, .seed = settings_.seed}, weighted_mean)};
}

}  // namespace ganymede::eval
