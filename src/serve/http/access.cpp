#include "serve/http/access.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"

namespace ganymede::serve {

namespace {

constexpr std::string_view cookie_name = "ganymede_token";
constexpr std::string_view query_key = "?token=";

Answer forbid(int status, std::string why) {
  return {.status = status, .body = std::move(why) + "\n"};
}

/// "localhost:8420" without its port.
std::string_view host_of(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return has_port ? authority.substr(0, colon) : authority;
}

/// In constant time, so that the time reveals nothing about the token.
bool same_secret(std::string_view given, std::string_view secret) {
  return given.size() == secret.size() && CRYPTO_memcmp(given.data(), secret.data(), secret.size()) == 0;
}

/// The value of the token's cookie among "a=1; b=2".
std::string_view cookie(std::string_view cookies) {
  while (!cookies.empty()) {
    std::string_view one = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(one.size() + 1, cookies.size()));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (one.starts_with(cookie_name) && one.substr(cookie_name.size()).starts_with('=')) {
      return one.substr(cookie_name.size() + 1);
    }
  }
  return {};
}

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  return authorization.starts_with(scheme) ? authorization.substr(scheme.size()) : std::string_view();
}

std::optional<Answer> refuse_without_token(const Request& request, const std::string& token) {
  if (same_secret(cookie(request.header("cookie")), token) ||
      same_secret(bearer(request.header("authorization")), token)) {
    return std::nullopt;
  }
  const std::size_t key = request.target.find(query_key);
  if (request.method == "GET" && key != std::string::npos &&
      same_secret(std::string_view(request.target).substr(key + query_key.size()), token)) {
    return Answer{.status = 303,
                  .headers = {{"Location", "/"},
                              {"Set-Cookie",
                               fmt::format("{}={}; HttpOnly; SameSite=Strict; Path=/", cookie_name, token)}}};
  }
  return forbid(401,
                "This page requires the token that the program printed: open the address with ?token=...");
}

std::optional<Answer> refuse_foreign_name(const Request& request) {
  if (is_loopback(std::string(host_of(request.header("host"))))) {
    return std::nullopt;
  }
  return forbid(403, "Use the address localhost or 127.0.0.1: only this machine can use this server.");
}

std::optional<Answer> refuse_foreign_page(const Request& request) {
  const std::string origin = request.header("origin");
  const std::string site = request.header("sec-fetch-site");
  const std::size_t scheme = origin.find("://");
  const bool foreign =
      !origin.empty() && (scheme == std::string::npos || origin.substr(scheme + 3) != request.header("host"));
  if (foreign || (!site.empty() && site != "same-origin" && site != "none")) {
    return forbid(403, "Only this server's own page may send commands.");
  }
  if (!request.header("content-type").starts_with("application/json")) {
    return forbid(415, "Send application/json.");
  }
  return std::nullopt;
}

}  // namespace

bool is_loopback(const std::string& host) {
  constexpr std::array<std::string_view, 4> names = {"localhost", "127.0.0.1", "::1", "[::1]"};
  return std::ranges::find(names, host) != names.end();
}

std::string make_token() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw base::Error(base::ErrorKind::usage, {.where = "--host",
                                               .found = "no random numbers for a token",
                                               .expected = "a source of randomness",
                                               .advice = "Serve this machine only: leave --host out"});
  }
  std::string token;
  for (const unsigned char byte : bytes) {
    token += fmt::format("{:02x}", byte);
  }
  return token;
}

std::optional<Answer> refuse(const Request& request, const AccessPolicy& policy) {
  if (auto refused =
          policy.token.empty() ? refuse_foreign_name(request) : refuse_without_token(request, policy.token)) {
    return refused;
  }
  const bool changes = request.method != "GET" && request.method != "HEAD";
  return changes ? refuse_foreign_page(request) : std::nullopt;
}

}  // namespace ganymede::serve
