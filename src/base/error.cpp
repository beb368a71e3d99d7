#include "base/error.h"

#include <fmt/format.h>

namespace ganymede::base {

namespace {

std::string compose(const ErrorText& text) {
  std::string message = text.where;
  if (!text.found.empty()) {
    message += fmt::format(": found {}", text.found);
  }
  if (!text.expected.empty()) {
    message += fmt::format("{} expected {}", text.found.empty() ? ":" : ",", text.expected);
  }
  if (!text.advice.empty()) {
    message += fmt::format(". {}", text.advice);
  }
  // The text may already end with a full stop or a question mark.
  return message.ends_with('.') || message.ends_with('?') ? message : message + ".";
}

}  // namespace

Error::Error(ErrorKind kind, const ErrorText& text) : std::runtime_error(compose(text)), kind_(kind) {}

}  // namespace ganymede::base
