#pragma once

#include <optional>
#include <string>

#include "serve/http/message.h"

namespace ganymede::serve {

/// Who may use the server.
struct AccessPolicy {
  std::string token;  ///< what a client must know; empty where only this machine reaches the server
};

/// Whether only this machine can reach a server that is bound to `host`.
bool is_loopback(const std::string& host);

/// 128 random bits as hexadecimal digits.
std::string make_token();

/// The answer to a request that is not allowed, or nothing. Without a token the request's host must be a name
/// of this machine; otherwise a foreign page could read the answers ("DNS rebinding"). With a token it must
/// be a cookie or "Authorization: Bearer TOKEN"; "?token=TOKEN" sets the cookie and redirects. A request that
/// changes something must be JSON and have no foreign Origin.
std::optional<Answer> refuse(const Request& request, const AccessPolicy& policy);

}  // namespace ganymede::serve
