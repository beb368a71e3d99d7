#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/evaluation.h"
#include "cli/image_source.h"

namespace ganymede::cli {

namespace {

struct EvalOptions {
  std::string source;
  std::optional<std::int64_t> count;
  std::int64_t seed = 0;
  std::int64_t resamples = 100;
  std::int64_t threads = 0;
  std::string data;
  std::string classifier;
  bool stacked = false;
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
  return source.generator && !options.stacked ? source.generator->info.recipe.data : "mnist";
}

/// Images of the size of `like`'s.
ImageSet images_of(const EvalOptions& options, ImageSource& source, std::int64_t count,
                   const data::Dataset& like, const ops::Device& device) {
  if (!source.generator) {
    return read_image_set(source.path, like, count);
  }
  SavedGenerator& generator = *source.generator;
  require_size(source.path, net::output_shape(generator.spec), like);
  ImageSet set = make_image_set(generator.spec, generator.weights, generator.info.recipe, count,
                                options.settings().seed, device);
  set.description = fmt::format("{} ({} after epoch {})", source.path.string(), generator.info.recipe.name,
                                generator.info.epoch);
  return set;
}

template <class Report>
void print_report(const Report& report, const Instruments& instruments, bool json) {
  print(json ? as_json(report, instruments) : as_table(report, instruments));
}

int evaluate(const EvalOptions& options, ImageSource& source, Instruments& instruments) {
  constexpr std::int64_t usual_count = 10'000;
  const Stopwatch stopwatch;
  const ImageSet images = images_of(options, source, options.count.value_or(usual_count), instruments.dataset,
                                    instruments.device);
  const double images_done = stopwatch.seconds();
  eval::Evaluator evaluator(instruments.classifier.classifier,
                            {view(instruments.dataset.test), view(instruments.dataset.train)},
                            options.settings(), instruments.device);
  const double reference_done = stopwatch.seconds();
  EvaluationReport report{.images = images.description,
                          .evaluation = evaluator.evaluate(images.pixels, images.labels),
                          .floor = {},
                          .seed = options.settings().seed};
  report.floor = evaluator.floor(report.evaluation.count);
  print_report(report, instruments, options.json);
  std::string parts;
  for (const auto& [part, seconds] : report.evaluation.seconds) {
    parts += fmt::format(", {} {:.1f} s", part, seconds);
  }
  Console().say(
      fmt::format("images {:.1f} s, test images {:.1f} s{}; the same for the floor; {:.1f} s in all",
                  images_done, reference_done - images_done, parts, stopwatch.seconds()));
  return 0;
}

/// The protocol of Stacked MNIST: 26,000 images, the digit of each channel as the classifier reads it.
int evaluate_stacked(const EvalOptions& options, ImageSource& source, Instruments& instruments) {
  constexpr std::int64_t usual_count = 26'000;
  eval::Classifier& classifier = instruments.classifier.classifier;
  data::Dataset stacks{.name = "stacked " + instruments.dataset.name,
                       .height = instruments.dataset.height,
                       .width = instruments.dataset.width,
                       .channels = eval::stacked_channels,
                       .class_names = {},
                       .train = {},
                       .test = {},
                       .files = {}};
  const ImageSet images =
      images_of(options, source, options.count.value_or(usual_count), stacks, instruments.device);
  const std::int64_t all = classifier.classes() * classifier.classes() * classifier.classes();
  const std::vector<std::uint32_t> modes = eval::stacked_modes(classifier, images.pixels);
  const auto count = static_cast<std::int64_t>(modes.size());
  const std::vector<std::uint8_t> real =
      eval::stack(view(instruments.dataset.train), count, options.settings().seed);
  print_report(
      StackedReport{.images = images.description,
                    .count = count,
                    .scores = eval::score_modes(modes, all, options.settings()),
                    .floor = eval::score_modes(eval::stacked_modes(classifier, real), all, {.resamples = 0}),
                    .seed = options.settings().seed},
      instruments, options.json);
  return 0;
}

int run_eval(const EvalOptions& options) {
  base::set_thread_count(static_cast<int>(options.threads));
  ImageSource source = open_image_source(options.source);
  Instruments instruments(data_of(options, source), options.classifier);
  return options.stacked ? evaluate_stacked(options, source, instruments)
                         : evaluate(options, source, instruments);
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
  add("--count", options->count, "N", "How many images (default: 10000; 26000 with --stacked)")
      ->check(in_range(10, 1'000'000));
  add("--seed", options->seed, "N", "Of the latent points, the bootstrap and the subsets (default: 0)")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  add("--resamples", options->resamples, "N", "Of the bootstrap; 0: no intervals (default: 100)")
      ->check(in_range(0, 100'000));
  add("--threads", options->threads, "N", "How many; 0: one a processor")->check(in_range(0, 1024));
  add("--data", options->data, "NAME|DIR",
      "The real images (default: what the generator learnt from, or mnist)");
  add("--classifier", options->classifier, "FILE", "One that `ganymede classifier train` wrote");
  verb->add_flag("--stacked", options->stacked,
                 "Count the modes of images with a digit in each of three channels (Stacked MNIST)");
  verb->add_flag("--json", options->json, "Print an object with everything");
  verb->footer(
      "Examples:\n"
      "  ganymede eval runs/latest\n"
      "  ganymede eval runs/conv/checkpoints/generator_epoch_0010.safetensors --json\n"
      "  ganymede eval digits.npy --data mnist\n"
      "Arrows say which way is better; the floor is what real training images reach.\n"
      "Fréchet distances on these features and on Inception's are not to be compared.");
  verb->callback([&action, options] { action = [options] { return run_eval(*options); }; });
}

}  // namespace ganymede::cli
