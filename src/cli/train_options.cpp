#include "cli/train_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

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

/// The sections whose values a run may go on with other ones of.
constexpr std::array<std::string_view, 8> changeable = {"generator_optimizer.",
                                                        "discriminator_optimizer.",
                                                        "encoder_optimizer.",
                                                        "objective.",
                                                        "penalty.",
                                                        "augmentation.",
                                                        "schedule.",
                                                        "output."};

bool can_change(const std::string& setting) {
  return std::ranges::any_of(changeable,
                             [&](std::string_view section) { return setting.starts_with(section); });
}

}  // namespace

std::vector<std::string> overrides(const TrainOptions& options) {
  std::vector<std::string> all = options.set;
  const auto add = [&](const char* key, const auto& value) {
    if (value) {
      all.push_back(fmt::format("{}={}", key, *value));
    }
  };
  add("training.epochs", options.epochs);
  add("training.batch_size", options.batch_size);
  add("training.seed", options.seed);
  add("training.precision", options.precision);
  add("training.threads", options.threads);
  add("output.eval_every_epochs", options.eval_every);
  return all;
}

void require_resumable(const TrainOptions& options) {
  const std::string decided = "The run has decided that: leave the flag out, or start a new run";
  const std::array<std::pair<const char*, bool>, 5> flags = {
      {{"a recipe", options.recipe.has_value()},
       {"--batch-size", options.batch_size.has_value()},
       {"--seed", options.seed.has_value()},
       {"--precision", options.precision.has_value()},
       {"--out", !options.out.empty()}}};
  for (const auto& [flag, given] : flags) {
    if (given) {
      refuse_with_resume(flag, decided);
    }
  }
  for (const std::string& setting : options.set) {
    if (!can_change(setting)) {
      refuse_with_resume("--set " + setting,
                         fmt::format("Only the settings that begin with one of these can change: {}",
                                     fmt::join(changeable, " ")));
    }
  }
}

}  // namespace ganymede::cli
