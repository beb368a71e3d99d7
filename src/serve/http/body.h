#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace ganymede::serve {

/// Throws Error(usage), about `where`, for a key of a JSON object that is none of `known`; the error names
/// the nearest of them.
void require_keys(const nlohmann::ordered_json& object, const std::string& where,
                  const std::vector<std::string>& known);

/// The JSON object that a request's body is, with keys of `known` alone. Throws Error(usage) for something
/// else.
nlohmann::ordered_json parse_body(const std::string& body, const std::vector<std::string>& known);

}  // namespace ganymede::serve
