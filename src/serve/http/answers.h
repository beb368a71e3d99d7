#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "serve/http/message.h"

namespace ganymede::serve {

/// A sentence with this status.
Answer say(int status, std::string why);
/// 404: there is no `what`.
Answer not_found(const std::string& what);
/// 200; text that is no UTF-8 is replaced.
Answer as_json(const nlohmann::ordered_json& json);

}  // namespace ganymede::serve
