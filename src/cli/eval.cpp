#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <memory>
#include <string>

#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/evaluation.h"
#include "cli/image_source.h"

namespace ganymede::cli {

namespace {

struct EvalOptions {
  std::string source;
  std::int64_t count = 10'000;
  std::int64_t seed = 0;
  std::int64_t resamples = 100;
  std::int64_t threads = 0;
  std::string data;
  std::string classifier;
  bool json = false;
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string data_of(const EvalOptions& options, const ImageSource& source) {
  if (!options.data.empty()) {
    return options.data;
  }
  return source.generator ? source.generator->info.recipe.data : "mnist";
}

ImageSet images_of(const EvalOptions& options, ImageSource& source, const Measuring& measuring) {
  if (!source.generator) {
    return read_image_set(source.path, measuring.dataset, options.count);
  }
  SavedGenerator& generator = *source.generator;
  ImageSet set = make_image_set(generator.spec, generator.weights, generator.info.recipe, options.count,
                                static_cast<std::uint64_t>(options.seed), measuring.device);
  set.description = fmt::format("{} ({} after epoch {})", source.path.string(), generator.info.recipe.name,
                                generator.info.epoch);
  return set;
}

std::string timing(const EvaluationReport& report, double preparing, double images) {
  std::string line = fmt::format("{:.1f} s: the data and what is known of it {:.1f}, the images {:.1f}",
                                 report.seconds, preparing, images);
  for (std::size_t n = 0; n < report.evaluation.seconds.size(); ++n) {
    line += fmt::format(", {} {:.1f} and {:.1f}", report.evaluation.seconds[n].first,
                        report.evaluation.seconds[n].second, report.floor.seconds[n].second);
  }
  return line + " (the floor's second)";
}

int run_eval(const EvalOptions& options) {
  base::set_thread_count(static_cast<int>(options.threads));
  const auto begin = std::chrono::steady_clock::now();
  ImageSource source = open_image_source(options.source);
  const auto seed = static_cast<std::uint64_t>(options.seed);
  Measuring measuring(data_of(options, source), options.classifier,
                      {.resamples = options.resamples, .seed = seed});
  const double preparing = seconds_since(begin);
  const ImageSet images = images_of(options, source, measuring);
  const double making = seconds_since(begin) - preparing;
  EvaluationReport report{.images = images.description,
                          .evaluation = measuring.evaluator.evaluate(images.pixels, images.labels),
                          .floor = {},
                          .seed = seed};
  report.floor = measuring.evaluator.floor(report.evaluation.count);
  report.seconds = seconds_since(begin);
  print(options.json ? evaluation_json(report, measuring) : evaluation_table(report, measuring));
  Console().say(timing(report, preparing, making));
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
  add("--count", options->count, "N", "How many images (default: 10000)")->check(in_range(10, 1'000'000));
  add("--seed", options->seed, "N", "Of the latent points, the bootstrap and the subsets (default: 0)")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  add("--resamples", options->resamples, "N", "Of the bootstrap; 0: no intervals (default: 100)")
      ->check(in_range(0, 100'000));
  add("--threads", options->threads, "N", "How many; 0: one a processor")->check(in_range(0, 1024));
  add("--data", options->data, "NAME|DIR",
      "The real images (default: what the generator learnt from, or mnist)");
  add("--classifier", options->classifier, "FILE", "One that `ganymede classifier train` wrote");
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
