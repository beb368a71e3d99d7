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
/// The error for a failure to write to standard output.
base::Error print_failure(const std::error_code& reason);

/// Writes "ganymede: error: MESSAGE" to standard error.
void print_error(std::string_view message);
/// Writes advice on an error to standard error.
void print_hint(std::string_view message);

/// Writes messages to standard error. Failures are ignored: a closed terminal does not end a run.
class Console {
 public:
  explicit Console(bool quiet = false);
  ~Console() { clear_status(); }
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Whether messages are enabled and go to a terminal, where a line can be rewritten.
  bool live() const { return live_; }
  /// The terminal's current number of columns.
  int width() const;

  void say(std::string_view line);
  void warn(std::string_view line);
  /// Replaces the last status by `line`, which should be shorter than width().
  void show_status(std::string_view line);
  /// Keeps the last status on the screen.
  void keep_status();
  void clear_status();

 private:
  bool quiet_;
  bool live_;
  bool status_shown_ = false;
};

}  // namespace ganymede::cli
