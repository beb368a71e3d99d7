#pragma once

#include <stdexcept>
#include <string>

namespace ganymede::base {

/// The kind of a bad input; the value is the program's exit code.
enum class ErrorKind : int { usage = 2, configuration = 3, data = 4, diverged = 5, file = 6 };

/// The four parts of a message; `found`, `expected` and `advice` may be empty.
struct ErrorText {
  std::string where = {};     ///< the file, option, layer or key at fault
  std::string found = {};     ///< what is there
  std::string expected = {};  ///< what should be there
  std::string advice = {};    ///< what the reader can do, as a sentence without its full stop
};

/// The one exception that the library throws on bad input.
/// `what()` reads "where: found FOUND, expected EXPECTED. ADVICE."
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const ErrorText& text);  ///< Composes what() from the parts of `text`.

  ErrorKind kind() const noexcept { return kind_; }  ///< What kind of input was at fault.

 private:
  ErrorKind kind_;
};

}  // namespace ganymede::base
