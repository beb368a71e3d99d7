#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runs/verdict_lines.h"
#include "session/resuming/resumption.h"

/// Changing a run while it trains.
namespace ganymede::session {

/// Throws Error(usage), about `where`, for a setting that is fixed for a run.
void require_changeable(const std::vector<std::string>& overrides, const std::string& where);

/// What decides how `after` learns and has another value in `before`: the settings that may change in a run,
/// without its length, its threads and its output.
std::vector<runs::ChangedSetting> changes_between(const train::Recipe& before, const train::Recipe& after);

/// Goes on with the recipe of `overrides` from the checkpoint of the current step, which exists, and keeps it
/// to undo the change. The run is one that was stopped and resumed with these settings: config.toml has them
/// and metrics.jsonl the change. Throws, before any change, as train::parse_recipe() and
/// require_changeable() do, and Error(file).
std::unique_ptr<Training> change_settings(std::unique_ptr<Training>& training,
                                          const std::vector<std::string>& overrides,
                                          const runs::RunDirectory& run,
                                          const std::filesystem::path& classifier, const Observer& observer,
                                          Parts* parts = nullptr);

/// Goes back to the checkpoint and the recipe before the last change, and records it. Throws Error(usage),
/// before any change, if there is none to undo, and Error(file).
std::unique_ptr<Training> undo_change(std::unique_ptr<Training>& training, const runs::RunDirectory& run,
                                      const std::filesystem::path& classifier, const Observer& observer,
                                      Parts* parts = nullptr);

}  // namespace ganymede::session
