#pragma once

#include <optional>
#include <string>

#include "serve/http/message.h"

namespace ganymede::serve {

/// Who may use the server.
struct AccessPolicy {
  std::string token;  ///< what a client must know; empty where only this machine reaches the server
};

/// Whether only this machine reaches a server that is bound to `host`.
bool is_loopback(const std::string& host);

/// 128 random bits as hexadecimal digits.
std::string make_token();

/// The answer to a request that may not be served, or nothing.
/// Without a token the request must call the server by a name of this machine: otherwise a page elsewhere
/// could give its own name this machine's address and read along ("DNS rebinding"). With one, it must come as
/// a cookie or as "Authorization: Bearer TOKEN"; "?token=TOKEN" sets the cookie and leads on without it. A
/// request that changes something must come from a page of this server: of JSON, and without a foreign
/// Origin.
std::optional<Answer> refuse(const Request& request, const AccessPolicy& policy);

}  // namespace ganymede::serve
