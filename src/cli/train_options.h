#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ganymede::cli {

/// What is to be done about a run that diverges.
enum class OnDivergence {
  stop,     ///< with a hint
  rollback  ///< go on from an earlier checkpoint with lower learning rates
};

/// The flags of `ganymede train`.
struct TrainOptions {
  std::optional<std::string> recipe;
  std::optional<std::int64_t> epochs;
  std::optional<std::int64_t> steps;
  std::optional<std::int64_t> batch_size;
  std::optional<std::int64_t> seed;
  std::optional<std::string> precision;
  std::optional<std::int64_t> threads;
  std::optional<std::int64_t> eval_every;
  std::optional<std::string> data;
  std::string classifier;
  std::string out;
  std::string resume;
  std::vector<std::string> set;
  std::optional<int> serve;  ///< the port of the page; 0: see page_server.h
  std::string host = "127.0.0.1";
  OnDivergence on_divergence = OnDivergence::stop;
  bool quiet = false;
  bool json = false;
  bool profile = false;
};

/// What the flags change in a recipe, as --set has it; the flags after the settings, so that they win.
std::vector<std::string> overrides(const TrainOptions& options);

/// Throws Error(usage) for a flag that cannot go with --resume, since the run has already decided it.
void require_resumable(const TrainOptions& options);

}  // namespace ganymede::cli
