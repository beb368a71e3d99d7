#include <fmt/format.h>

#include <limits>
#include <memory>
#include <string_view>

#include "base/stopwatch.h"
#include "base/threads/team.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "scores/evaluation.h"

namespace ganymede::cli {

namespace {

struct EvalFlags {
  scores::EvaluationRequest request;
  PreparationFlags images;
  std::int64_t threads = 0;
  bool json = false;
};

int run_eval(const EvalFlags& flags) {
  const base::Stopwatch stopwatch;
  const base::Team team(static_cast<int>(flags.threads));
  Console console;
  scores::EvaluationRequest request = flags.request;
  request.preparation = preparation_of(flags.images);
  const scores::EvaluationReport report =
      scores::evaluate(request, [&](std::string_view line) { console.say(line); });
  print(flags.json ? scores::as_json(report) : scores::as_table(report));
  console.say(fmt::format("{:.1f} s in all", stopwatch.seconds()));
  return 0;
}

}  // namespace

void add_eval(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("eval", "Score generated images");
  const auto options = std::make_shared<EvalFlags>();
  const auto add = [&](const char* name, auto& value, const char* type, const char* description) {
    return verb->add_option(name, value, description)->type_name(type);
  };
  add("SOURCE", options->request.images, "RUN|FILE|DIR",
      "A run, a generator.safetensors, an .npy array of images, or a directory of PNG files, one per image")
      ->required();
  add("--count", options->request.count, "N",
      "The number of images (default: 10000; with --stacked 26000, with --cas the number of training images)")
      ->check(in_range(10, 1'000'000));
  add("--seed", options->request.seed, "N",
      "The seed of the latent points, the bootstrap and the subsets (default: 0)")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  add("--resamples", options->request.resamples, "N",
      "The number of bootstrap resamples; 0: no intervals (default: 100)")
      ->check(in_range(0, 100'000));
  add_temperature(*verb, options->request.temperature);
  add("--threads", options->threads, "N", "The number of threads; 0: one per processor")
      ->check(in_range(0, 1024));
  add("--data", options->request.data, data_type,
      "The data set of the real images (default: the generator's, or mnist)");
  add_preparation(*verb, options->images);
  verb->add_flag(
      "--by-held-out", options->request.against_held_out,
      "Compare with the training images that the run held out (train --held-out), instead of the test "
      "images: to choose by");
  add("--classifier", options->request.classifier, "FILE",
      "A classifier that `ganymede classifier train` wrote");
  CLI::Option* cas = verb->add_flag(
      "--cas", options->request.by_training,
      "Train a classifier on generated images and test it on real ones, and the reverse (minutes)");
  verb->add_flag("--stacked", options->request.stacked,
                 "Count the modes of images with a digit in each of three channels (Stacked MNIST); the "
                 "default for a generator of stacked-mnist")
      ->excludes(cas);
  verb->add_flag("--quick", options->request.quick,
                 "Only what takes seconds: distances, precision and recall, without intervals")
      ->excludes(cas);
  verb->add_flag("--json", options->json, "Print all results as a JSON object");
  verb->footer(
      "Examples:\n"
      "  ganymede eval runs/latest\n"
      "  ganymede eval runs/latest --quick            in seconds\n"
      "  ganymede eval runs/conv/checkpoints/generator_epoch_0010.safetensors --json\n"
      "  ganymede eval digits.npy --data mnist\n"
      "An array's labels are read from FILE.labels.npy beside it, where `ganymede sample` writes them.\n"
      "Arrows show which direction is better; the floor is the score of real training images.\n"
      "The Fréchet distance is of the features of this data set's classifier. An FID, of Inception's, cannot "
      "be "
      "compared with it.");
  verb->callback([&action, options] { action = [options] { return run_eval(*options); }; });
}

}  // namespace ganymede::cli
