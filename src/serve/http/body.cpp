#include "serve/http/body.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/refusal.h"
#include "base/suggestion.h"

namespace ganymede::serve {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::usage};

}  // namespace

void require_keys(const nlohmann::ordered_json& object, const std::string& where,
                  const std::vector<std::string>& known) {
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(known, key) == known.end()) {
      refuse(where, fmt::format("the unknown key \"{}\"", key), {}, base::did_you_mean(key, known));
    }
  }
}

nlohmann::ordered_json parse_body(const std::string& body, const std::vector<std::string>& known) {
  const std::string where = "the request's body";
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(body, nullptr, false);
  if (!json.is_object()) {
    refuse(where, "something else", "a JSON object");
  }
  require_keys(json, where, known);
  return json;
}

}  // namespace ganymede::serve
