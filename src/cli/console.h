#pragma once

#include <string>
#include <string_view>
#include <system_error>

#include "base/error.h"

namespace ganymede::cli {

/// Writes data to standard output. Throws Error(file) if that fails.
void print(std::string_view text);
/// The same; returns the reason for a failure.
std::error_code try_print(std::string_view text);
/// What to say about a failure to write to standard output.
base::Error print_failure(const std::error_code& reason);

/// Writes "ganymede: error: MESSAGE" to standard error.
void print_error(std::string_view message);
/// Writes what can be done about an error to standard error.
void print_hint(std::string_view message);

/// Talks to the person, on standard error. Failures to write are ignored: a closed terminal ends no run.
class Console {
 public:
  explicit Console(bool quiet = false);
  ~Console() { clear_status(); }
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Whether there is a terminal on which a line can be rewritten, and it is wanted.
  bool live() const { return live_; }
  /// The columns that the terminal has at this moment.
  int width() const;

  void say(std::string_view line);
  void warn(std::string_view line);
  /// Puts `line` in place of the last status; it should be shorter than width().
  void show_status(std::string_view line);
  /// Leaves the last status where it is.
  void keep_status();
  void clear_status();

 private:
  bool quiet_;
  bool live_;
  bool status_shown_ = false;
};

}  // namespace ganymede::cli
