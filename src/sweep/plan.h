#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "eval/scores.h"
#include "runs/run_directory.h"
#include "session/session.h"
#include "sweep/expansion.h"

namespace ganymede::sweep {

/// A setting that can be trained.
struct Candidate {
  Setting setting;
  train::Recipe recipe;                          ///< of its runs, but for the seed
  std::int64_t total_steps = 0;                  ///< of each run
  std::shared_ptr<const data::Dataset> dataset;  ///< the recipe's
};

/// A sweep whose runs can all begin.
struct Plan {
  Description description;
  std::vector<Candidate> candidates;
  std::vector<Run> runs;                 ///< Run::setting counts candidates
  std::vector<eval::ScoreInfo> columns;  ///< of the table; settings are ranked by the first

  /// Where a run is.
  runs::RunDirectory directory(const Run& run) const;
  /// What a run trains.
  train::Recipe recipe(const Run& run) const;
};

/// Reads the recipe of every setting with `threads`, where they are given, opens its data and checks its
/// networks, so that no run fails for its settings after others have trained. A recipe that asks for no
/// scores is scored at the end of the run. Throws Error(configuration), which names the file and the setting,
/// and Error(data).
Plan prepare(const Description& description, std::optional<std::int64_t> threads = {});

}  // namespace ganymede::sweep
