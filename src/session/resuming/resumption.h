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

/// Resuming a run from a checkpoint.
namespace ganymede::session {

/// The newest valid checkpoint of at most `last_step` steps, if there is one. Damaged ones, whose digest does
/// not match, are renamed. Throws Error(file) if the oldest is damaged, or if one cannot be used for another
/// reason, since it may be readable later.
std::optional<artifacts::Checkpoint> find_checkpoint(const runs::RunDirectory& run, std::int64_t last_step,
                                                     const Observer& observer);
/// The checkpoint that a run of `recipe` is resumed from: the newest or, if its networks have diverged, the
/// newest before that. Throws Error(file) if there is none, and as find_checkpoint() does.
artifacts::Checkpoint checkpoint_to_go_on_from(const runs::RunDirectory& run, const train::Recipe& recipe,
                                               const Observer& observer);

/// Sets the files of a run to the state of `training`: removes what is newer and writes config.toml and
/// meta.json. `line`, if not empty, is added to metrics.jsonl. Throws Error(file).
void go_on_from(const runs::RunDirectory& run, const Training& training, std::string_view line = {});

/// The same, and if `training` learns otherwise than `before`, the recipe of its checkpoint, the change is
/// added to metrics.jsonl and told.
void go_on_after_changes(const runs::RunDirectory& run, const Training& training, const train::Recipe& before,
                         const Observer& observer);

/// The training of `recipe` on the data of `old`, which is freed, in the state of `checkpoint`. Throws
/// Error(file).
std::unique_ptr<Training> replace(std::unique_ptr<Training>& old, train::Recipe recipe,
                                  const artifacts::Checkpoint& checkpoint, const runs::RunDirectory& run,
                                  const std::filesystem::path& classifier, const Observer& observer,
                                  Parts* parts);

/// Returns a diverged run to a checkpoint with lower learning rates and records it. Throws Error(file).
std::unique_ptr<Training> roll_back(std::unique_ptr<Training> diverged, const train::Finding& finding,
                                    const artifacts::Checkpoint& checkpoint, const runs::RunDirectory& run,
                                    const std::filesystem::path& classifier, const Observer& observer,
                                    Parts* parts = nullptr);

/// "Back from step 196 to step 184, with learning rates of ..."
std::string describe_rollback(const Training& training, std::int64_t from_step);

}  // namespace ganymede::session
