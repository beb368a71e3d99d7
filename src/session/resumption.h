#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "artifacts/checkpoint.h"
#include "runs/run_directory.h"
#include "session/observer.h"
#include "session/training.h"
#include "train/doctor/doctor.h"

/// How a run goes on from a checkpoint.
namespace ganymede::session {

/// The newest sound checkpoint of at most `last_step` steps, if there is one; damaged ones, whose digest does
/// not match, are put out of the way. Throws Error(file) if the oldest is damaged, and where one cannot be
/// used for another reason: it may be the newest, and readable later.
std::optional<artifacts::Checkpoint> find_checkpoint(const runs::RunDirectory& run, std::int64_t last_step,
                                                     const Observer& observer);
/// The one that a run of `recipe` goes on from: the newest or, where its networks have diverged, the newest
/// from before that. Throws Error(file) if there is none, and as find_checkpoint() does.
artifacts::Checkpoint checkpoint_to_go_on_from(const runs::RunDirectory& run, const train::Recipe& recipe,
                                               const Observer& observer);

/// Makes the files of a run those of one that stopped where `training` stands and goes on with its recipe:
/// what lies beyond that is removed, and config.toml and meta.json are written. `line`, if not empty, tells
/// of it in metrics.jsonl. Throws Error(file).
void go_on_from(const runs::RunDirectory& run, const Training& training, std::string_view line = {});

/// Takes a run that diverged back to a checkpoint, with lower learning rates, and writes down so. Throws
/// Error(file).
std::unique_ptr<Training> roll_back(std::unique_ptr<Training> diverged, const train::Finding& finding,
                                    const artifacts::Checkpoint& checkpoint, const runs::RunDirectory& run,
                                    const std::filesystem::path& classifier, const Observer& observer);

/// "Back from step 196 to step 184, with learning rates of ..."
std::string describe_rollback(const Training& training, std::int64_t from_step);

}  // namespace ganymede::session
