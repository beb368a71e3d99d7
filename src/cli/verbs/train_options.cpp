#include "cli/verbs/train_options.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"

namespace ganymede::cli {

namespace {

[[noreturn]] void refuse_with_resume(const std::string& flag, const std::string& advice) {
  throw base::Error(
      base::ErrorKind::usage,
      {.where = "--resume",
       .found = flag,
       .expected = "only --epochs, --steps, --threads, --data, --serve, --host, --eval-every, --classifier, "
                   "--on-divergence, --quiet, --json, --profile and some --set",
       .advice = advice});
}

}  // namespace

std::vector<std::string> overrides(const TrainOptions& options) {
  std::vector<std::string> all = options.set;
  const auto add = [&](const char* key, const auto& value) {
    if (value) {
      all.push_back(fmt::format("{}={}", key, *value));
    }
  };
  add("images.size", options.images.size);
  add("images.fit", options.images.fit);
  add("images.split_seed", options.images.split_seed);
  add("images.held_out", options.images.held_out);
  add("training.epochs", options.epochs);
  add("training.batch_size", options.batch_size);
  add("training.seed", options.seed);
  add("training.precision", options.precision);
  add("training.threads", options.threads);
  add("training.parts", options.parts);
  add("output.eval_every_epochs", options.eval_every);
  return all;
}

void require_resumable(const TrainOptions& options) {
  const std::string decided = "This is fixed for a run: leave the flag out, or start a new run";
  const std::array<std::pair<const char*, bool>, 11> flags = {
      {{"a recipe", options.recipe.has_value()},
       {"--batch-size", options.batch_size.has_value()},
       {"--batch-per-rank", options.batch_per_rank.has_value()},
       {"--parts", options.parts.has_value()},
       {"--seed", options.seed.has_value()},
       {"--precision", options.precision.has_value()},
       {"--size", options.images.size.has_value()},
       {"--fit", options.images.fit.has_value()},
       {"--split-seed", options.images.split_seed.has_value()},
       {"--held-out", options.images.held_out.has_value()},
       {"--out", !options.out.empty()}}};
  for (const auto& [flag, given] : flags) {
    if (given) {
      refuse_with_resume(flag, decided);
    }
  }
}

}  // namespace ganymede::cli
