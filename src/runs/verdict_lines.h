#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "train/doctor/doctor.h"
#include "train/trainer.h"

/// What the doctor reads and writes in metrics.jsonl.
namespace ganymede::runs {

/// kind, since_step, over, message, advice
nlohmann::ordered_json describe(const train::Finding& finding);

/// {"event": "verdict", step, epoch, time and what describe() has}
std::string verdict_line(const train::Position& position, const train::Finding& finding);

/// step, epoch, time, duplicates and, where labels are read, label_shares and data_label_shares by name.
/// `event`, if not empty, comes first as "event".
std::string examination_line(const train::Position& position, const train::Examination& examination,
                             std::string_view event = {});

/// A rollback and its reason.
struct Rollback {
  std::int64_t from_step = 0;  ///< the last one that was done
  train::Ailment ailment{};
  std::string message;
};
/// {"event": "rollback", step, epoch, time, kind, from_step, message}, at the position that it went back to.
std::string rollback_line(const train::Position& position, const Rollback& rollback);

/// A setting of a recipe that has another value than before, both as TOML.
struct ChangedSetting {
  std::string key;   ///< "generator_optimizer.learning_rate"
  std::string from;  ///< its value before, empty where there was none
  std::string to;    ///< its value now

  friend bool operator==(const ChangedSetting&, const ChangedSetting&) = default;
};
/// {"event": "change", step, epoch, time, settings: {KEY: {from, to}}, message}
std::string change_line(const train::Position& position, const std::vector<ChangedSetting>& changes);
/// {"event": "undo", step, epoch, time, from_step, message}, at the position that the run went back to.
std::string undo_line(const train::Position& position, std::int64_t from_step);

/// The doctor's findings on a run so far.
struct History {
  train::Doctor doctor;  ///< after all of it
  std::vector<train::Finding> findings;
  std::int64_t last_step = 0;
  bool diverged = false;  ///< whether the last line tells of a loss that was not finite
};
/// Replays metrics.jsonl to a doctor. The findings are the doctor's and those recorded in the file that do
/// not follow from its numbers: losses that were not finite, and rollbacks, as ailments that are over. Throws
/// Error(file).
History read_history(const std::filesystem::path& metrics, const train::Recipe& recipe);

}  // namespace ganymede::runs
