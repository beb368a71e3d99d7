#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <memory>
#include <string_view>

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
  const auto begin = std::chrono::steady_clock::now();
  const base::Team team(static_cast<int>(flags.threads));
  Console console;
  scores::EvaluationRequest request = flags.request;
  request.preparation = preparation_of(flags.images);
  const scores::EvaluationReport report =
      scores::evaluate(request, [&](std::string_view line) { console.say(line); });
  print(flags.json ? scores::as_json(report) : scores::as_table(report));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  console.say(fmt::format("{:.1f} s in all", seconds.count()));
  return 0;
}

}  // namespace

void add_eval(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("eval", "Measure how good generated images are");
  const auto options = std::make_shared<EvalFlags>();
  const auto add = [&](const char* name, auto& value, const char* type, const char* description) {
    return verb->add_option(name, value, description)->type_name(type);
  };
  add("SOURCE", options->request.images, "RUN|FILE|DIR",
      "A run, a generator.safetensors, an .npy array of images, or a directory with an image a PNG file")
      ->required();
  add("--count", options->request.count, "N",
      "How many images (default: 10000; with --stacked 26000, with --cas as many as there are real ones)")
      ->check(in_range(10, 1'000'000));
  add("--seed", options->request.seed, "N",
      "Of the latent points, the bootstrap and the subsets (default: 0)")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  add("--resamples", options->request.resamples, "N", "Of the bootstrap; 0: no intervals (default: 100)")
      ->check(in_range(0, 100'000));
  add_temperature(*verb, options->request.temperature);
  add("--threads", options->threads, "N", "How many; 0: one a processor")->check(in_range(0, 1024));
  add("--data", options->request.data, data_type,
      "The real images (default: what the generator learnt from, or mnist)");
  add_preparation(*verb, options->images);
  add("--classifier", options->request.classifier, "FILE", "One that `ganymede classifier train` wrote");
  CLI::Option* cas = verb->add_flag(
      "--cas", options->request.by_training,
      "Train a classifier on generated images and test it on real ones, and the reverse (minutes)");
  verb->add_flag("--stacked", options->request.stacked,
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
