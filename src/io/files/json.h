#pragma once

#include <nlohmann/json.hpp>

#include <string_view>

namespace ganymede::io {

/// Reads JSON from a file of a run, which anybody may have written: nothing ("discarded") for what is no
/// JSON. Leaves out what lies deeper than some levels, since writing it again takes a call a level.
inline nlohmann::ordered_json parse_foreign(std::string_view text) {
  constexpr int deepest = 64;
  using Json = nlohmann::ordered_json;
  return Json::parse(
      text, [](int depth, Json::parse_event_t, const Json&) { return depth < deepest; }, false);
}

}  // namespace ganymede::io
