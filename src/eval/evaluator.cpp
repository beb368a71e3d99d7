#include "eval/evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "base/stopwatch.h"
#include "eval/label_statistics.h"
#include "eval/metrics/bootstrap.h"
#include "eval/metrics/kernel_distance.h"
#include "eval/pixel_statistics.h"

namespace ganymede::eval {

namespace {

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

/// Images as points; pixels are exact in bf16, so the faster type is used.
Points pixels_of(std::span<const std::uint8_t> images, const FeatureReader& reader) {
  return {images, reader.image.elements(),
          ops::capabilities().native_bf16 ? base::DType::bf16 : base::DType::f32};
}

/// The numbers below `count` in random order.
std::vector<std::uint32_t> shuffled(std::size_t count, std::uint64_t seed) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  const base::RandomKey key{.seed = seed, .purpose = base::Purpose::evaluation_subset, .stream = 2};
  base::draw_first(key, std::span(numbers), count);
  return numbers;
}

LabelledCopies copies_of(const LabelledImages& images, std::span<const std::uint32_t> numbers) {
  const std::size_t size = images.pixels.size() / images.labels.size();
  LabelledCopies copies{.pixels = {}, .labels = {}, .numbers = {numbers.begin(), numbers.end()}};
  copies.pixels.reserve(numbers.size() * size);
  for (const std::uint32_t number : numbers) {
    const auto pixels = images.pixels.subspan(number * size, size);
    copies.pixels.insert(copies.pixels.end(), pixels.begin(), pixels.end());
    copies.labels.push_back(images.labels[number]);
  }
  return copies;
}

/// The Fréchet distances between the images of each class, by the labels of either side.
std::vector<double> distances_by_class(const Readings& real, std::span<const std::uint16_t> real_labels,
                                       const Readings& images, std::span<const std::uint16_t> labels) {
  const auto features_with = [](const Readings& readings, std::span<const std::uint16_t> known,
                                std::int64_t wanted) {
    std::vector<float> found;
    for (std::int64_t n = 0; n < readings.count(); ++n) {
      if ((known.empty() ? readings.label(n) : known[n]) == wanted) {
        const auto features = features_of(readings).of(n);
        found.insert(found.end(), features.begin(), features.end());
      }
    }
    return found;
  };
  std::vector<double> distances;
  for (std::int64_t label = 0; label < real.classes; ++label) {
    const std::vector<float> a = features_with(real, real_labels, label);
    const std::vector<float> b = features_with(images, labels, label);
    const Features of_real{a, real.feature_count};
    const Features of_images{b, real.feature_count};
    const bool enough = std::min(of_real.count(), of_images.count()) >= Evaluator::fewest_images;
    distances.push_back(enough ? FrechetDistance(of_real).to(of_images) : std::nan(""));
  }
  return distances;
}

/// The mean of each class's values; not a number where it has none.
std::vector<double> means_by_class(std::span<const float> values, std::span<const std::uint16_t> labels,
                                   std::int64_t classes) {
  std::vector<double> means(static_cast<std::size_t>(classes)), counts(means.size());
  for (std::size_t n = 0; n < values.size(); ++n) {
    means[labels[n]] += static_cast<double>(values[n]);
    counts[labels[n]] += 1.0;
  }
  std::ranges::transform(means, counts, means.begin(), std::divides());
  return means;
}

/// The value below which `share` of the values lie.
float quantile(std::vector<float> values, double share) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()));
  std::ranges::nth_element(values, place);
  return *place;
}

}  // namespace

Evaluator::Evaluator(Readers readers, const Reference& reference, const EvaluationSettings& settings,
                     const ops::Device& device)
    : readers_(std::move(readers)),
      reference_(reference),
      settings_(settings),
      device_(device),
      real_shares_(readers_.main.classes > 0 ? label_shares(reference.test.labels, readers_.main.classes)
                                             : std::vector<double>()),
      space_(readers_.main, enough(reference.test.pixels, readers_.main, "the test images"), device) {
  enough(reference.train.pixels, readers_.main, "the training images");
  if (settings.copies) {
    Points training = pixels_of(reference.train.pixels, readers_.main);
    const std::vector<float> of_test =
        nearest_distances(device, pixels_of(reference.test.pixels, readers_.main), training);
    originals_ = Originals{std::move(training), quantile(of_test, share_of_near_test_images)};
  }
  if (readers_.independent) {
    independent_.emplace(*readers_.independent, reference.test.pixels, device,
                         NeighbourCounts{.precision_recall = 5});
  }
  if (readers_.pixels) {
    pixels_.emplace(*readers_.pixels, reference.test.pixels, device);
  }
  const auto& second = independent_ ? independent_ : pixels_;
  if (settings.broken && second) {
    broken_.emplace(space_, *second, reference.train.pixels, device);
  }
}

Evaluation Evaluator::evaluate(std::span<const std::uint8_t> images, std::span<const std::uint16_t> labels) {
  return measure({enough(images, readers_.main, "the images to evaluate"), labels}, {});
}

LabelledCopies Evaluator::training_images(std::int64_t first, std::int64_t count) const {
  const std::vector<std::uint32_t> numbers = shuffled(reference_.train.labels.size(), settings_.seed);
  const auto begin = std::min(static_cast<std::size_t>(first), numbers.size());
  const auto size = std::min(static_cast<std::size_t>(count), numbers.size() - begin);
  return copies_of(reference_.train, std::span(numbers).subspan(begin, size));
}

Evaluation Evaluator::floor(std::int64_t count) {
  const LabelledCopies images = training_images(0, count);
  return measure(images.view(), images.numbers);
}

std::optional<Evaluation> Evaluator::training_floor(std::int64_t count) const {
  const auto all = static_cast<std::int64_t>(reference_.train.labels.size());
  const std::int64_t most = all / 3;
  if (most < fewest_images) {
    return std::nullopt;
  }
  const std::int64_t measured = std::min(count, most);
  const std::int64_t compared = std::min(static_cast<std::int64_t>(reference_.test.labels.size()), most);
  const LabelledCopies images = training_images(0, measured);
  const LabelledCopies test = training_images(measured, compared);
  const LabelledCopies train = training_images(measured + compared, all);
  EvaluationSettings settings = settings_;
  settings.broken = false;  // reading all training images again takes longer than the rest
  Evaluator of_training(readers_, {test.view(), train.view()}, settings, device_);
  return of_training.evaluate(images.pixels, images.labels);
}

Evaluation Evaluator::measure(const LabelledImages& images, std::span<const std::uint32_t> training_numbers) {
  Evaluation result{.count = count_of(images.pixels, readers_.main),
                    .scores = {},
                    .label_shares = {},
                    .by_class = {},
                    .seconds = {}};
  base::Stopwatch stopwatch;
  const auto finished = [&](std::string_view part) { result.seconds.emplace_back(part, stopwatch.lap()); };
  Scores& scores = result.scores;

  const Readings readings = readers_.main.read(images.pixels);
  finished("features");
  scores.frechet_distance = frechet_distance(space_, readings);
  finished("Fréchet distance");
  measure_kernel_distance(features_of(readings), scores);
  finished("kernel distance");
  const Neighbourhood near = space_.neighbourhood(features_of(readings));
  scores.precision = mean_of(near.of_generated.precise);
  scores.density = mean_of(near.of_generated.density);
  scores.recall = mean_of(near.of_real.recalled);
  scores.coverage = mean_of(near.of_real.covered);
  finished("neighbours among features");
  if (readers_.main.classes > 0) {
    result.label_shares = label_shares(readings);
    measure_labels(readings, images.labels, scores);
    result.by_class = {
        .distances = distances_by_class(space_.real(), reference_.test.labels, readings, images.labels),
        .recalls = means_by_class(near.of_real.recalled, reference_.test.labels, readers_.main.classes)};
    finished("labels");
  }
  measure_pixels(images.pixels, scores);
  if (originals_) {
    measure_copies(*originals_, images.pixels, training_numbers, scores);
    finished("nearest training images");
  }
  Readings independent, of_pixels;
  if (independent_) {
    independent = measure_space(*independent_, images.pixels, scores.independent);
    finished("the independent classifier");
  }
  if (pixels_) {
    of_pixels = measure_space(*pixels_, images.pixels, scores.pixels);
    finished("pixels");
  }
  if (broken_) {
    const Readings& second = independent_ ? independent : of_pixels;
    scores.broken = mean_of(broken_->judge(readings, second, training_numbers));
    finished("broken images");
  }
  return result;
}

Estimate Evaluator::frechet_distance(const FeatureSpace& space, const Readings& readings) const {
  const Features features = features_of(readings);
  return {space.frechet().to(features),
          bootstrap_deviation(
              readings.count(), {.resamples = settings_.resamples, .seed = settings_.seed},
              [&](std::span<const float> weights) { return space.frechet().to(features, weights); })};
}

void Evaluator::measure_kernel_distance(const Features& features, Scores& scores) const {
  const KernelDistanceSettings subsets{.seed = settings_.seed};
  const KernelDistance kernel = kernel_distance(device_, features, features_of(space_.real()), subsets);
  const double blocks = static_cast<double>(features.count()) / static_cast<double>(kernel.subset_size);
  scores.kernel_distance.value = kernel.mean;
  // All subsets of one block have the same images, so their variation is unknown.
  if (blocks > 1.0) {
    scores.kernel_distance.deviation = kernel.deviation / std::sqrt(blocks);
  }
  scores.kernel_distance_std.value = kernel.deviation;
}

Readings Evaluator::measure_space(const FeatureSpace& space, std::span<const std::uint8_t> images,
                                  SpaceScores& scores) const {
  Readings readings = space.reader().read(images);
  const Neighbourhood near = space.neighbourhood(features_of(readings));
  scores = {.frechet_distance = frechet_distance(space, readings),
            .precision = mean_of(near.of_generated.precise),
            .recall = mean_of(near.of_real.recalled)};
  return readings;
}

void Evaluator::measure_pixels(std::span<const std::uint8_t> images, Scores& scores) const {
  const PixelStatistics statistics = pixel_statistics(images, readers_.main.image);
  scores.black_pixels = mean_of(statistics.black);
  scores.white_pixels = mean_of(statistics.white);
  scores.laplacian = mean_of(statistics.laplacian);
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

void Evaluator::measure_copies(const Originals& originals, std::span<const std::uint8_t> images,
                               std::span<const std::uint32_t> training_numbers, Scores& scores) const {
  std::vector<float> distances =
      nearest_distances(device_, pixels_of(images, readers_.main), originals.pixels, training_numbers);
  std::vector<float> near;
  std::ranges::transform(distances, std::back_inserter(near),
                         [&](float distance) { return distance < originals.near ? 1.0F : 0.0F; });
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
