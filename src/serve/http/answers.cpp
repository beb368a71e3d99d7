#include "serve/http/answers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace ganymede::serve {

Answer say(int status, std::string why) {
  return {.status = status, .body = std::move(why) + "\n"};
}

Answer not_found(const std::string& what) {
  return say(404, fmt::format("There is no {} here.", what));
}

Answer as_json(const nlohmann::ordered_json& json) {
  return {.type = "application/json",
          .body = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace),
          .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace ganymede::serve
