#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ganymede::queue {

/// A training that is asked for.
struct Order {
  std::string recipe;                      ///< the name of an embedded recipe
  std::vector<std::string> settings = {};  ///< overrides of it, as train::parse_recipe() takes them
  std::optional<std::int64_t> steps = {};  ///< in place of its epochs
  std::string run = {};                    ///< the run's name; empty: TIME-RECIPE
};

/// Throws Error(usage) for a name that no run can have.
void require_name(const std::string& run);

/// The order that {"recipe", "settings", "run", "steps"} is, without the last two or not. Throws Error(usage)
/// for something else and for a key that is none of these.
Order read_order(const nlohmann::ordered_json& json);
/// What read_order() reads.
nlohmann::ordered_json as_json(const Order& order);

}  // namespace ganymede::queue
