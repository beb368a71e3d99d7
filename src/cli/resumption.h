#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/checkpoint.h"
#include "cli/console.h"
#include "cli/json_output.h"
#include "cli/run_directory.h"
#include "cli/training.h"
#include "train/doctor.h"

/// How a run goes on from a checkpoint.
namespace ganymede::cli {

/// The newest sound checkpoint of at most `last_step` steps, if there is one; damaged ones, whose digest does
/// not match, are put out of the way. Throws Error(file) if the oldest is damaged, and where one cannot be
/// used for another reason: it may be the newest, and readable later.
std::optional<Checkpoint> find_checkpoint(const RunDirectory& run, std::int64_t last_step, Console& console);
/// The one that a run of `recipe` goes on from: the newest or, where its networks have diverged, the newest
/// from before that. Throws Error(file) if there is none, and as find_checkpoint() does.
Checkpoint checkpoint_to_go_on_from(const RunDirectory& run, const train::Recipe& recipe, Console& console);

/// Makes the files of a run those of one that stopped where `training` stands and goes on with its recipe:
/// what lies beyond that is removed, and config.toml and meta.json are written. `line`, if not empty, tells
/// of it in metrics.jsonl. Throws Error(file).
void go_on_from(const RunDirectory& run, const Training& training, std::string_view line = {});

/// Takes a run that diverged back to a checkpoint, with lower learning rates, and writes down so. Throws
/// Error(file).
std::unique_ptr<Training> roll_back(std::unique_ptr<Training> diverged, const train::Finding& finding,
                                    const Checkpoint& checkpoint, const RunDirectory& run,
                                    const TrainOptions& options, JsonOutput& json);

/// "Back from step 196 to step 184, with learning rates of ..."
std::string describe_rollback(const Training& training, std::int64_t from_step);

}  // namespace ganymede::cli
