#include "session/examiner.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "data/contents.h"
#include "eval/label_statistics.h"
#include "eval/metrics/duplicates.h"
#include "net/profile.h"
#include "train/classifier.h"

namespace ganymede::session {

namespace {

/// The number that the classifier reads at once.
constexpr std::int64_t image_count = 250;
/// Images count as duplicates within this share of the distance between two random images of the data.

/// The bytes of enough images to estimate their mean distance.
std::vector<std::uint8_t> first_images(const data::Split& real) {
  constexpr std::size_t enough = 2000;
  std::vector<std::uint8_t> pixels;
  for (std::size_t n = 0; n < std::min(enough, real.count()); ++n) {
    std::ranges::copy(real.image(n), std::back_inserter(pixels));
  }
  return pixels;
}

/// 1 for each image whose label has a high probability, 0 for others: the classifier also labels images that
/// are not digits.
std::vector<float> clear_ones(const eval::Readings& readings) {
  constexpr float confident = 0.95F;
  std::vector<float> clear;
  for (std::int64_t image = 0; image < readings.count(); ++image) {
    clear.push_back(std::ranges::max(readings.probabilities_of(image)) >= confident ? 1.0F : 0.0F);
  }
  return clear;
}

/// The number of steps after which an examination costs less than 1% of them. The cost is estimated in
/// multiplications: for a step, at least three passes of both networks; for an examination, a pass of the
/// generator and, if `dataset` is not empty, of its classifier.
std::int64_t cheap_spacing(const train::Recipe& recipe, const base::Shape& image, const std::string& dataset,
                           std::int64_t classes) {
  constexpr double shortest = 500.0;
  constexpr double share = 0.01;
  constexpr double slowness =
      3.0;  // how much slower multiplications are in an examination, in small batches and f32
  const double generator = static_cast<double>(net::multiply_adds(train::generator_spec(recipe)));
  const double partner = static_cast<double>(net::multiply_adds(train::partner_spec(recipe, image)));
  const double classifier = dataset.empty() ? 0.0
                                            : static_cast<double>(net::multiply_adds(train::classifier_spec(
                                                  train::classifier_recipe(dataset, classes), image)));
  const double look = slowness * static_cast<double>(image_count) * (generator + classifier);
  const double step = 3.0 * static_cast<double>(recipe.training.batch_size) * (generator + partner);
  return static_cast<std::int64_t>(std::max(shortest, look / (share * step)));
}

}  // namespace

Examiner::Examiner(const train::Recipe& recipe, Snapshots& snapshots, const data::Dataset& dataset,
                   const ops::Device& device, std::filesystem::path classifier, const Observer& observer)
    : snapshots_(snapshots),
      dataset_(dataset),
      device_(device),
      classifier_path_(std::move(classifier)),
      observer_(observer) {
  if (classifier_path_.empty() && data::is_published(dataset)) {
    classifier_path_ = artifacts::look_for_classifier(dataset.name).value_or("");
  }
  if (dataset.train.stacks) {
    classifier_path_.clear();  // the classifier reads single digits
  }
  spacing_ = cheap_spacing(recipe, dataset.image_shape(), classifier_path_.empty() ? "" : dataset.name,
                           dataset.classes());
}

bool Examiner::is_due(const train::Position& position) const {
  return position.at_epoch_end() &&
         position.step / spacing_ > (position.step - position.steps_an_epoch) / spacing_;
}

void Examiner::prepare() {
  const data::Split& real = dataset_.train;
  radius_ = eval::duplicate_radius(first_images(real), static_cast<std::int64_t>(real.image_size()));
  if (classifier_path_.empty()) {
    return;
  }
  try {
    classifier_.emplace(artifacts::open_classifier(classifier_path_, dataset_, device_));
    data_shares_ = eval::label_shares(real.labels, dataset_.classes());
  } catch (const base::Error& error) {
    observer_.warn(fmt::format("The labels of samples are not examined: {}", error.what()));
  }
}

train::Examination Examiner::examine(const train::Position& position) {
  if (!radius_) {
    prepare();
  }
  const scores::ImageSet images =
      snapshots_.draw_few_images(image_count, static_cast<std::uint64_t>(position.step));
  const auto pixels = static_cast<std::int64_t>(images.pixels.size()) / image_count;
  train::Examination examination{.duplicates = eval::duplicate_share(images.pixels, pixels, *radius_),
                                 .labels = {}};
  if (classifier_) {
    const eval::Readings readings = classifier_->classifier.read(images.pixels);
    const std::vector<double> shares = eval::label_shares(readings, clear_ones(readings));
    for (std::size_t label = 0; label < shares.size(); ++label) {
      examination.labels.push_back({dataset_.class_names[label], shares[label], data_shares_[label]});
    }
  }
  return examination;
}

}  // namespace ganymede::session
