#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/team.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/data_source.h"
#include "cli/evaluation.h"
#include "cli/format.h"
#include "cli/image_source.h"
#include "data/stacking.h"
#include "eval/kernel_distance.h"
#include "eval/stacked.h"
#include "train/classifier.h"

namespace ganymede::cli {

namespace {

struct EvalOptions {
  std::string source;
  std::optional<std::int64_t> count;
  std::int64_t seed = 0;
  std::int64_t resamples = 100;
  std::int64_t threads = 0;
  std::optional<double> temperature;
  std::string data;
  std::string classifier;
  bool stacked = false;
  bool cas = false;
  bool json = false;

  eval::EvaluationSettings settings() const {
    return {.resamples = resamples, .seed = static_cast<std::uint64_t>(seed)};
  }
};

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

std::string data_of(const EvalOptions& options, const ImageSource& source) {
  if (!options.data.empty()) {
    return options.data;
  }
  if (source.generator) {
    const std::string& data = source.generator->info.recipe.data;
    if (!options.stacked || data::digits_of(data)) {
      return data;
    }
  }
  return "mnist";
}

void set_temperature(const EvalOptions& options, ImageSource& source) {
  if (!options.temperature) {
    return;
  }
  if (!source.generator) {
    throw base::Error(base::ErrorKind::usage, {.where = "--temperature",
                                               .found = "images in " + source.path.string(),
                                               .expected = "a generator, which draws new ones",
                                               .advice = "Name a run or a generator, or leave it out"});
  }
  source.generator->info.recipe.latent.temperature = *options.temperature;
}

/// A generator of stacks is measured as one, by the digits that it learnt from.
void recognise_stacks(EvalOptions& options, const ImageSource& source) {
  const std::string data = data_of(options, source);
  if (const auto digits = data::digits_of(data)) {
    if (options.cas) {
      throw base::Error(base::ErrorKind::usage,
                        {.where = "--cas",
                         .found = data + ", whose images have no labels",
                         .expected = "labelled data, which a classifier learns from",
                         .advice = "Leave --cas out: modes are counted and their divergence is measured"});
    }
    options.stacked = true;
    options.data = *digits;
  }
}

/// Images of the size of `like`'s.
ImageSet images_of(const EvalOptions& options, ImageSource& source, std::int64_t count,
                   const data::Dataset& like, const ops::Device& device) {
  if (!source.generator) {
    return read_image_set(source.path, like, count);
  }
  SavedGenerator& generator = *source.generator;
  require_size(source.path, net::output_shape(generator.spec), like);
  ImageSet set = make_image_set(generator.spec, generator.weights, generator.info.recipe, like.train, count,
                                options.settings().seed, device);
  const train::Recipe& recipe = generator.info.recipe;
  set.description = fmt::format(
      "{} ({} after epoch {}{})", source.path.string(), recipe.name, generator.info.epoch,
      recipe.latent.temperature == 1.0 ? "" : fmt::format(", temperature {}", recipe.latent.temperature));
  return set;
}

/// Why the kernel distance has no interval, where it has none.
std::string note_on(const eval::Evaluation& evaluation) {
  return std::isnan(evaluation.scores.kernel_distance.deviation)
             ? fmt::format(
                   "kernel distance: no interval, which is the spread over subsets of {} images, and {} "
                   "images are one subset: --count asks for more",
                   grouped(eval::KernelDistanceSettings().subset_size), grouped(evaluation.count))
             : "";
}

EvaluationReport evaluate(const EvalOptions& options, ImageSource& source, Instruments& instruments) {
  constexpr std::int64_t usual_count = 10'000;
  const Stopwatch stopwatch;
  const ImageSet images = images_of(options, source, options.count.value_or(usual_count), instruments.dataset,
                                    instruments.device);
  const double images_done = stopwatch.seconds();
  eval::Evaluator evaluator(instruments.classifier.classifier,
                            {view(instruments.dataset.test), view(instruments.dataset.train)},
                            options.settings(), instruments.device);
  const double reference_done = stopwatch.seconds();
  const eval::Evaluation evaluation = evaluator.evaluate(images.pixels, images.labels);
  const eval::Evaluation floor = evaluator.floor(evaluation.count);
  std::string parts;
  for (const auto& [part, seconds] : evaluation.seconds) {
    parts += fmt::format(", {} {:.1f} s", part, seconds);
  }
  Console().say(fmt::format("images {:.1f} s, test images {:.1f} s{}; as long for the floor", images_done,
                            reference_done - images_done, parts));
  return {.images = images.description,
          .count = evaluation.count,
          .seed = options.settings().seed,
          .rows = rows_of(evaluation.scores, floor.scores),
          .floor = fmt::format("{} real training images in their place", grouped(floor.count)),
          .label_shares = evaluation.label_shares,
          .note = note_on(evaluation)};
}

/// The protocol of Stacked MNIST: 26,000 images, the digit of each channel as the classifier reads it.
EvaluationReport evaluate_stacked(const EvalOptions& options, ImageSource& source, Instruments& instruments) {
  eval::Classifier& classifier = instruments.classifier.classifier;
  const data::Dataset stacks{.name = "stacked-" + instruments.dataset.name,
                             .height = instruments.dataset.height,
                             .width = instruments.dataset.width,
                             .channels = eval::stacked_channels,
                             .class_names = {},
                             .train = {},
                             .test = {},
                             .files = {}};
  const ImageSet images = images_of(options, source, options.count.value_or(eval::stacked_image_count),
                                    stacks, instruments.device);
  const auto scores_of = [&](std::span<const std::uint8_t> pixels) {
    return eval::score_stacks(classifier, pixels, options.settings());
  };
  const auto count = static_cast<std::int64_t>(images.pixels.size()) /
                     (classifier.image_shape().elements() * eval::stacked_channels);
  const std::vector<std::uint8_t> real =
      eval::stack(view(instruments.dataset.train), count, options.settings().seed);
  return {.images = images.description,
          .count = count,
          .seed = options.settings().seed,
          .rows = rows_of(scores_of(images.pixels), scores_of(real)),
          .floor = fmt::format("{} stacks of training images", grouped(count)),
          .label_shares = {}};
}

/// Trains a classifier as the one at hand was, on generated images instead of real ones.
EvaluationReport evaluate_by_training(const EvalOptions& options, ImageSource& source,
                                      Instruments& instruments) {
  data::Dataset generated = instruments.dataset;
  ImageSet images =
      images_of(options, source, options.count.value_or(static_cast<std::int64_t>(generated.train.count())),
                instruments.dataset, instruments.device);
  if (images.labels.empty()) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = "--cas",
                       .found = "images without labels in " + source.path.string(),
                       .expected = "a generator that takes a label, or an array with its labels beside it",
                       .advice = "Train the recipe conditional, or leave --cas out"});
  }
  generated.train = {.pixels = std::move(images.pixels), .labels = std::move(images.labels)};
  const train::ClassifierRecipe& recipe = instruments.classifier.info.recipe;
  train::ClassifierTrainer trainer(recipe, generated, instruments.device);
  for (std::int64_t epoch = 1; epoch <= recipe.epochs; ++epoch) {
    const train::ClassifierTrainer::Epoch mean = trainer.train_epoch();
    Console().say(
        fmt::format("epoch {}/{} on generated images  loss {:.4f}", epoch, recipe.epochs, mean.loss));
  }
  eval::Classifier trained(trainer.network().spec(), trainer.network().weights(), instruments.device);
  const data::Split& test = instruments.dataset.test;
  const auto accuracy = [](eval::Classifier& classifier, const data::Split& split) {
    return eval::Estimate{.value = eval::accuracy(classifier.read(split.pixels), split.labels)};
  };
  eval::Classifier& shipped = instruments.classifier.classifier;
  const eval::ClassificationScores scores{.train_on_generated = accuracy(trained, test),
                                          .test_on_generated = accuracy(shipped, generated.train)};
  const eval::Estimate of_real = accuracy(shipped, test);
  return {.images = images.description,
          .count = static_cast<std::int64_t>(generated.train.count()),
          .seed = options.settings().seed,
          .rows = rows_of(scores, {of_real, of_real}),
          .floor = "the classifier that learnt from real images, on real images",
          .label_shares = {}};
}

int run_eval(EvalOptions options) {
  const Stopwatch stopwatch;
  const base::Team team(static_cast<int>(options.threads));
  ImageSource source = open_image_source(options.source);
  set_temperature(options, source);
  recognise_stacks(options, source);
  Instruments instruments(data_of(options, source), options.classifier);
  const auto measure = options.stacked ? evaluate_stacked : options.cas ? evaluate_by_training : evaluate;
  const EvaluationReport report = measure(options, source, instruments);
  print(options.json ? as_json(report, instruments) : as_table(report, instruments));
  Console().say(fmt::format("{:.1f} s in all", stopwatch.seconds()));
  return 0;
}

}  // namespace

void add_eval(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("eval", "Measure how good generated images are");
  const auto options = std::make_shared<EvalOptions>();
  const auto add = [&](const char* name, auto& value, const char* type, const char* description) {
    return verb->add_option(name, value, description)->type_name(type);
  };
  add("SOURCE", options->source, "RUN|FILE|DIR",
      "A run, a generator.safetensors, an .npy array of images, or a directory with an image a PNG file")
      ->required();
  add("--count", options->count, "N",
      "How many images (default: 10000; with --stacked 26000, with --cas as many as there are real ones)")
      ->check(in_range(10, 1'000'000));
  add("--seed", options->seed, "N", "Of the latent points, the bootstrap and the subsets (default: 0)")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  add("--resamples", options->resamples, "N", "Of the bootstrap; 0: no intervals (default: 100)")
      ->check(in_range(0, 100'000));
  add_temperature(*verb, options->temperature);
  add("--threads", options->threads, "N", "How many; 0: one a processor")->check(in_range(0, 1024));
  add("--data", options->data, data_type,
      "The real images (default: what the generator learnt from, or mnist)");
  add("--classifier", options->classifier, "FILE", "One that `ganymede classifier train` wrote");
  CLI::Option* cas = verb->add_flag(
      "--cas", options->cas,
      "Train a classifier on generated images and test it on real ones, and the reverse (minutes)");
  verb->add_flag("--stacked", options->stacked,
                 "Count the modes of images with a digit in each of three channels (Stacked MNIST); what a "
                 "generator that learnt from stacked-mnist is measured by")
      ->excludes(cas);
  verb->add_flag("--json", options->json, "Print an object with everything");
  verb->footer(
      "Examples:\n"
      "  ganymede eval runs/latest\n"
      "  ganymede eval runs/conv/checkpoints/generator_epoch_0010.safetensors --json\n"
      "  ganymede eval digits.npy --data mnist\n"
      "An array's labels are read from FILE.labels.npy beside it, where `ganymede sample` writes them.\n"
      "Arrows say which way is better; the floor is what real training images reach.\n"
      "Fréchet distances on these features and on Inception's are not to be compared.");
  verb->callback([&action, options] { action = [options] { return run_eval(*options); }; });
}

}  // namespace ganymede::cli
