#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "serve/http/target.h"

namespace ganymede::serve {

/// A request, independent of the HTTP library.
struct Request {
  std::string method;
  std::string target;                          ///< as the client sent it: "/api/runs?x=1"
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  /// A header's value, empty if there is none.
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

class EventStream;

/// What the server sends back.
struct Answer {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body = {};
  std::map<std::string, std::string> headers = {};
  std::shared_ptr<EventStream> events = nullptr;  ///< if there are any, they are the body
};

}  // namespace ganymede::serve
