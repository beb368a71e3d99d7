#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "session/session.h"

namespace ganymede::cli {

/// The flags of `ganymede train`.
struct TrainOptions {
  std::optional<std::string> recipe;
  std::optional<std::int64_t> epochs;
  std::optional<std::int64_t> batch_size;
  std::optional<std::int64_t> seed;
  std::optional<std::string> precision;
  std::optional<std::int64_t> threads;
  std::optional<std::int64_t> parts;
  std::optional<std::int64_t> batch_per_rank;
  std::optional<std::int64_t> eval_every;
  std::optional<std::string> data;
  PreparationFlags images;
  std::string out;
  std::string resume;
  std::vector<std::string> set;
  std::optional<int> serve;  ///< the port of the page; 0: see page_server.h
  std::string host = "127.0.0.1";
  bool quiet = false;
  bool json = false;
  session::Settings session;  ///< --steps, --classifier, --on-divergence and --profile
};

/// The changes to the recipe as --set arguments; flags come after --set, so they take precedence.
std::vector<std::string> overrides(const TrainOptions& options);

/// Throws Error(usage) for a flag that cannot be combined with --resume, since its value is fixed for a run.
void require_resumable(const TrainOptions& options);

}  // namespace ganymede::cli
