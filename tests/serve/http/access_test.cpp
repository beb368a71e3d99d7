#include "serve/http/access.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace ganymede::serve {
namespace {

using Headers = std::map<std::string, std::string>;

/// 0 if the request is allowed.
int status(const std::string& method, const Headers& headers, const std::string& token = "",
           const std::string& target = "/") {
  const auto refused = refuse({.method = method, .target = target, .headers = headers, .body = ""}, {token});
  return refused ? refused->status : 0;
}

TEST(Access, OnThisMachineIsForItsOwnNamesOnly) {
  for (const char* host : {"localhost:8420", "127.0.0.1", "127.0.0.1:80", "[::1]:8420"}) {
    EXPECT_EQ(status("GET", {{"host", host}}), 0) << host;
  }
  for (const char* host :
       {"evil.example", "localhost.evil.example:8420", "127.0.0.1.evil", "", "192.168.0.2:8420"}) {
    EXPECT_EQ(status("GET", {{"host", host}}), 403) << host;
  }
}

TEST(Access, FromElsewhereNeedsTheToken) {
  const std::string token = make_token();
  EXPECT_EQ(token.size(), 32);
  EXPECT_NE(token, make_token());
  EXPECT_EQ(status("GET", {{"host", "lab:8420"}}, token), 401);
  EXPECT_EQ(status("GET", {{"cookie", "ganymede_token=" + token}}, token), 0);
  EXPECT_EQ(status("GET", {{"cookie", "a=b; ganymede_token=" + token}}, token), 0);
  EXPECT_EQ(status("GET", {{"authorization", "Bearer " + token}}, token), 0);
  EXPECT_EQ(status("GET", {{"cookie", "ganymede_token=" + token + "0"}}, token), 401);
  EXPECT_EQ(status("GET", {{"cookie", "ganymede_token="}}, token), 401);
  EXPECT_EQ(status("GET", {{"cookie", "xganymede_token=" + token}}, token), 401);
  EXPECT_EQ(status("GET", {}, token, "/?token=" + token), 303);
  EXPECT_EQ(status("GET", {}, token, "/?token=" + token.substr(1)), 401);
  EXPECT_EQ(status("POST", {{"content-type", "application/json"}}, token, "/?token=" + token), 401);
}

TEST(Access, LeavesTheTokenInACookieThatNoScriptReads) {
  const auto answer = refuse({.method = "GET", .target = "/?token=abc", .headers = {}, .body = ""}, {"abc"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->headers.at("Location"), "/");
  EXPECT_EQ(answer->headers.at("Set-Cookie"), "ganymede_token=abc; HttpOnly; SameSite=Strict; Path=/");
}

TEST(Access, ChangesSomethingOnlyFromThisServersPage) {
  const Headers own = {{"host", "localhost:8420"}, {"content-type", "application/json"}};
  const auto with = [&](const std::string& name, const std::string& value) {
    Headers headers = own;
    headers[name] = value;
    return headers;
  };
  EXPECT_EQ(status("POST", own), 0);
  EXPECT_EQ(status("POST", with("origin", "http://localhost:8420")), 0);
  for (const char* origin : {"http://evil.example", "http://localhost:9999", "null", "localhost:8420"}) {
    EXPECT_EQ(status("POST", with("origin", origin)), 403) << origin;
  }
  EXPECT_EQ(status("POST", with("sec-fetch-site", "cross-site")), 403);
  EXPECT_EQ(status("POST", with("content-type", "text/plain")), 415);
  EXPECT_EQ(status("POST", {{"host", "localhost"}}), 415);
}

}  // namespace
}  // namespace ganymede::serve
