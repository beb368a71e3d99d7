#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cli/checkpoint.h"
#include "cli/console.h"
#include "cli/run_directory.h"
#include "cli/training.h"
#include "train/doctor.h"

/// How a run goes on from a checkpoint.
namespace ganymede::cli {

/// The newest checkpoint of at most `last_step` steps that can be read, if there is one; those that cannot be
/// read are put out of the way. Throws Error(file) if the oldest cannot.
std::optional<Checkpoint> find_checkpoint(const RunDirectory& run, std::int64_t last_step, Console& console);
/// The newest of all. Throws Error(file) if there is none.
Checkpoint newest_checkpoint(const RunDirectory& run, Console& console);

/// Makes the files of a run those of one that stopped where `training` stands and goes on with its recipe:
/// metrics and checkpoints beyond that are removed, config.toml and meta.json written. Throws Error(file).
void go_on_from(const RunDirectory& run, const Training& training);

/// The last step at which a run was certainly well: an explosion began somewhere in the interval that told of
/// it.
std::int64_t last_good_step(const train::Finding& finding, const train::Recipe& recipe);

/// Takes a run that diverged back to a checkpoint, with lower learning rates, and writes down so. Throws
/// Error(file).
std::unique_ptr<Training> roll_back(std::unique_ptr<Training> diverged, const train::Finding& finding,
                                    const Checkpoint& checkpoint, const RunDirectory& run,
                                    const TrainOptions& options);

/// "Back from step 196 to step 184, with learning rates of ..."
std::string describe_rollback(const Training& training, std::int64_t from_step);

}  // namespace ganymede::cli
