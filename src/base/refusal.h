#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace ganymede::base {

/// Throws errors of one kind: `constexpr base::Refusal refuse{base::ErrorKind::file};` declares what a file's
/// readers call as `refuse(path, "no header", "one of 8 bytes", "Use another copy")`.
struct Refusal {
  ErrorKind kind;
  const char* advice = "";  ///< of the errors that are given none of their own

  /// Throws an Error of these parts; see ErrorText.
  [[noreturn]] void operator()(std::string where, std::string found, std::string expected,
                               std::string own_advice = {}) const {
    throw Error(kind, {.where = std::move(where),
                       .found = std::move(found),
                       .expected = std::move(expected),
                       .advice = own_advice.empty() ? advice : std::move(own_advice)});
  }
};

}  // namespace ganymede::base
