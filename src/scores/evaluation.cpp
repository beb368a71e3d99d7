#include "scores/evaluation.h"

#include <fmt/format.h>

#include <cmath>
#include <span>
#include <utility>

#include "base/number.h"
#include "base/refusal.h"
#include "base/stopwatch.h"
#include "data/stacking.h"
#include "eval/label_statistics.h"
#include "eval/metrics/kernel_distance.h"
#include "eval/stacked.h"
#include "scores/image_source.h"
#include "scores/instruments.h"
#include "scores/two_sample.h"
#include "train/classifier.h"

namespace ganymede::scores {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::usage};

using Say = std::function<void(std::string_view)>;

eval::EvaluationSettings settings_of(const EvaluationRequest& request) {
  return {.resamples = request.quick ? 0 : request.resamples,
          .seed = request.seed,
          .broken = !request.quick,
          .copies = !request.quick};
}

template <class AnyScores>
std::vector<ScoreRow> rows_of(const AnyScores& scores, const AnyScores& floor,
                              const AnyScores& training_floor = {}) {
  std::vector<ScoreRow> rows;
  for_each_score(scores, [&](const eval::ScoreInfo& info, const eval::Estimate& estimate) {
    rows.push_back({info, estimate});
  });
  const auto fill = [&](double ScoreRow::*column, const AnyScores& from) {
    auto row = rows.begin();
    for_each_score(from, [&](const eval::ScoreInfo&, const eval::Estimate& estimate) {
      (*row++).*column = estimate.value;
    });
  };
  fill(&ScoreRow::floor, floor);
  fill(&ScoreRow::training_floor, training_floor);
  return rows;
}

std::string data_of(const EvaluationRequest& request, const ImageSource& source) {
  if (!request.data.empty()) {
    return request.data;
  }
  if (source.generator) {
    const std::string& data = source.generator->info.recipe.data;
    if (!request.stacked || data::digits_of(data)) {
      return data;
    }
  }
  return "mnist";
}

void set_temperature(const EvaluationRequest& request, ImageSource& source) {
  if (!request.temperature) {
    return;
  }
  if (!source.generator) {
    refuse("--temperature", "images in " + source.path.string(), "a generator, which draws new images",
           "Name a run or a generator, or leave it out");
  }
  source.generator->info.recipe.latent.temperature = *request.temperature;
}

/// A generator of stacks is scored as one, with the digits that it was trained on.
void recognise_stacks(EvaluationRequest& request, const ImageSource& source) {
  const std::string data = data_of(request, source);
  if (const auto digits = data::digits_of(data)) {
    if (request.by_training) {
      refuse("--cas", data + ", whose images have no labels", "labelled data to train a classifier on",
             "Leave --cas out: stacks are scored by modes and KL");
    }
    request.stacked = true;
    request.data = *digits;
  }
}

/// The images to compare with, whose labels' shares are asked for; stacks have none.
const data::Split& real_split(const data::Dataset& dataset) {
  return dataset.test.labels.empty() ? dataset.train : dataset.test;
}

/// Images of the size of `like`'s.
ImageSet images_of(const EvaluationRequest& request, ImageSource& source, std::int64_t count,
                   const data::Dataset& like, const ops::Device& device) {
  if (!source.generator) {
    return read_image_set(source.path, like, count);
  }
  artifacts::SavedGenerator& generator = *source.generator;
  require_size(source.path, net::output_shape(generator.spec), like);
  ImageSet set = make_image_set(generator.spec, generator.weights, generator.info.recipe, real_split(like),
                                count, request.seed, device);
  const train::Recipe& recipe = generator.info.recipe;
  set.description = fmt::format(
      "{} ({} after epoch {}{})", source.path.string(), recipe.name, generator.info.epoch,
      recipe.latent.temperature == 1.0 ? "" : fmt::format(", temperature {}", recipe.latent.temperature));
  return set;
}

/// Why the kernel distance has no interval; empty if it has one.
std::string note_on(const eval::Evaluation& evaluation) {
  return std::isnan(evaluation.scores.kernel_distance.deviation)
             ? fmt::format(
                   "kernel distance: no interval, since {1} images are a single subset of {0}: raise --count",
                   base::grouped(eval::KernelDistanceSettings().subset_size), base::grouped(evaluation.count))
             : "";
}

/// The scores that two_sample_accuracy() completes.
struct Told {
  eval::Scores& images;
  eval::Scores& floor;
  eval::Scores* training_floor;  ///< nothing where there are too few training images
};

/// How well the images, and those of the floors, are told from real ones, where there are enough of them.
void tell_two_samples(const EvaluationRequest& request, const Instruments& instruments,
                      const eval::Evaluator& evaluator, std::span<const std::uint8_t> images,
                      const Told& told) {
  const data::Dataset& dataset = instruments.dataset;
  const auto count = static_cast<std::int64_t>(images.size() / dataset.test.image_size());
  const auto tests = static_cast<std::int64_t>(dataset.test.count());
  if (std::min(count, tests) < fewest_two_sample_images) {
    return;
  }
  const auto accuracy = [&](std::span<const std::uint8_t> some, std::span<const std::uint8_t> others) {
    return two_sample_accuracy(some, others, dataset.image_shape(), request.seed, instruments.device);
  };
  told.images.two_sample_accuracy = accuracy(images, dataset.test.pixels);
  const eval::LabelledCopies training = evaluator.training_images(0, count);
  if (static_cast<std::int64_t>(training.labels.size()) >= fewest_two_sample_images) {
    told.floor.two_sample_accuracy = accuracy(training.pixels, dataset.test.pixels);
  }
  const eval::LabelledCopies others = evaluator.training_images(count, tests);
  if (told.training_floor != nullptr &&
      static_cast<std::int64_t>(others.labels.size()) >= fewest_two_sample_images) {
    told.training_floor->two_sample_accuracy = accuracy(training.pixels, others.pixels);
  }
}

EvaluationReport evaluate_features(const EvaluationRequest& request, ImageSource& source,
                                   Instruments& instruments, const Say& say) {
  constexpr std::int64_t usual_count = 10'000;
  const base::Stopwatch stopwatch;
  instruments.prepare_second_opinions();
  const ImageSet images = images_of(request, source, request.count.value_or(usual_count), instruments.dataset,
                                    instruments.device);
  const double images_done = stopwatch.seconds();
  eval::Evaluator evaluator(instruments.readers(),
                            {view(instruments.dataset.test), view(instruments.dataset.train)},
                            settings_of(request), instruments.device);
  const double reference_done = stopwatch.seconds();
  eval::Evaluation evaluation = evaluator.evaluate(images.pixels, images.labels);
  eval::Evaluation floor = evaluator.floor(evaluation.count);
  std::optional<eval::Evaluation> training_floor;
  if (!request.quick) {
    training_floor = evaluator.training_floor(evaluation.count);
  }
  std::string parts;
  for (const auto& [part, seconds] : evaluation.seconds) {
    parts += fmt::format(", {} {:.1f} s", part, seconds);
  }
  say(fmt::format("images {:.1f} s, test images {:.1f} s{}; as long for each floor", images_done,
                  reference_done - images_done, parts));
  if (!request.quick) {
    tell_two_samples(request, instruments, evaluator, images.pixels,
                     {evaluation.scores, floor.scores, training_floor ? &training_floor->scores : nullptr});
  }
  return {.images = images.description,
          .count = evaluation.count,
          .seed = request.seed,
          .rows = rows_of(evaluation.scores, floor.scores,
                          training_floor ? training_floor->scores : eval::Scores()),
          .floor = fmt::format("{} real training images instead, against the test images",
                               base::grouped(floor.count)),
          .training_floor = training_floor ? fmt::format("{} real training images, against others",
                                                         base::grouped(training_floor->count))
                                           : "",
          .label_shares = std::move(evaluation.label_shares),
          .by_class = std::move(evaluation.by_class),
          .by_class_floor = std::move(floor.by_class),
          .note = note_on(evaluation)};
}

EvaluationReport evaluate_stacked(const EvaluationRequest& request, ImageSource& source,
                                  Instruments& instruments, const Say&) {
  eval::Classifier& classifier = instruments.classifier->classifier;
  const data::Dataset stacks{.name = "stacked-" + instruments.dataset.name,
                             .height = instruments.dataset.height,
                             .width = instruments.dataset.width,
                             .channels = eval::stacked_channels,
                             .class_names = {},
                             .train = {},
                             .test = {},
                             .files = {}};
  const ImageSet images = images_of(request, source, request.count.value_or(eval::stacked_image_count),
                                    stacks, instruments.device);
  const auto scores_of = [&](std::span<const std::uint8_t> pixels) {
    return eval::score_stacks(classifier, pixels, settings_of(request));
  };
  const auto count = static_cast<std::int64_t>(images.pixels.size()) /
                     (classifier.image_shape().elements() * eval::stacked_channels);
  const std::vector<std::uint8_t> real = eval::stack(view(instruments.dataset.train), count, request.seed);
  return {.images = images.description,
          .count = count,
          .seed = request.seed,
          .rows = rows_of(scores_of(images.pixels), scores_of(real)),
          .floor = fmt::format("{} stacks of training images", base::grouped(count)),
          .label_shares = {}};
}

EvaluationReport evaluate_by_training(const EvaluationRequest& request, ImageSource& source,
                                      Instruments& instruments, const Say& say) {
  if (!instruments.classifier) {
    refuse("--cas", instruments.dataset.name + ", whose images have no labels",
           "labelled data, which a classifier learns from", "Leave --cas out");
  }
  data::Dataset generated = instruments.dataset;
  ImageSet images =
      images_of(request, source, request.count.value_or(static_cast<std::int64_t>(generated.train.count())),
                instruments.dataset, instruments.device);
  if (images.labels.empty()) {
    refuse("--cas", "images without labels in " + source.path.string(),
           "a generator that takes a label, or an array with its labels beside it",
           "Train the recipe conditional, or leave --cas out");
  }
  generated.train = {.pixels = std::move(images.pixels), .labels = std::move(images.labels)};
  const train::ClassifierRecipe& recipe = instruments.classifier->info.recipe;
  train::ClassifierTrainer trainer(recipe, generated, instruments.device);
  for (std::int64_t epoch = 1; epoch <= recipe.epochs; ++epoch) {
    const train::ClassifierTrainer::Epoch mean = trainer.train_epoch();
    say(fmt::format("epoch {}/{} on generated images  loss {:.4f}", epoch, recipe.epochs, mean.loss));
  }
  eval::Classifier trained(trainer.network().spec(), trainer.network().weights(), instruments.device);
  const data::Split& test = instruments.dataset.test;
  const auto accuracy = [](eval::Classifier& classifier, const data::Split& split) {
    return eval::Estimate{.value = eval::accuracy(classifier.read(split.pixels), split.labels)};
  };
  eval::Classifier& shipped = instruments.classifier->classifier;
  const eval::ClassificationScores scores{.train_on_generated = accuracy(trained, test),
                                          .test_on_generated = accuracy(shipped, generated.train)};
  const eval::Estimate of_real = accuracy(shipped, test);
  return {.images = images.description,
          .count = static_cast<std::int64_t>(generated.train.count()),
          .seed = request.seed,
          .rows = rows_of(scores, {of_real, of_real}),
          .floor = "the classifier trained on real images, on real images",
          .label_shares = {}};
}

Instruments instruments_for(const EvaluationRequest& request, const ImageSource& source, const Say& say) {
  data::Preparation images = source.generator ? source.generator->info.recipe.images : request.preparation;
  if (request.against_held_out && images.held_out == 0) {
    refuse("--by-held-out", source.path.string() + ", which has trained on all training images",
           "a run that has held some out", "Train with --held-out 10000, or leave it out");
  }
  if (!request.against_held_out) {
    images.held_out = 0;
  }
  return request.arrays
             ? Instruments(data::dataset_of(*request.arrays, images), images, request.classifier, say)
             : Instruments(data_of(request, source), images, request.classifier, say);
}

}  // namespace

Yardstick yardstick_of(const Instruments& instruments) {
  const data::Dataset& dataset = instruments.dataset;
  Yardstick real{.dataset = dataset.name,
                 .test_images = static_cast<std::int64_t>(dataset.test.count()),
                 .classifier = {},
                 .features = instruments.features()};
  if (const auto& classifier = instruments.classifier) {
    real.class_names = dataset.class_names;
    real.label_shares = eval::label_shares(dataset.test.labels, dataset.classes());
    real.classifier = ClassifierFacts{classifier->info.accuracy, classifier->sha256};
  }
  if (const auto& independent = instruments.independent) {
    real.independent = ClassifierFacts{independent->info.accuracy, independent->sha256};
  }
  return real;
}

EvaluationReport evaluate(const EvaluationRequest& asked, const Say& say) {
  EvaluationRequest request = asked;
  ImageSource source = open_image_source(request.images);
  set_temperature(request, source);
  recognise_stacks(request, source);
  Instruments instruments = instruments_for(request, source, say);
  const auto measure = request.stacked       ? evaluate_stacked
                       : request.by_training ? evaluate_by_training
                                             : evaluate_features;
  EvaluationReport report = measure(request, source, instruments, say);
  report.yardstick = yardstick_of(instruments);
  if (request.against_held_out) {
    report.yardstick.compared_with = "held-out images";
  }
  return report;
}

}  // namespace ganymede::scores
