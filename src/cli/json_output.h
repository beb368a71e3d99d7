#pragma once

#include <string_view>
#include <system_error>

#include "cli/signals.h"

namespace ganymede::cli {

/// What a run prints to standard output where that is wanted: a JSON object a line. Where it cannot, because
/// the reader has gone or the disk is full, it prints no more and asks the run to stop, which ends with a
/// checkpoint.
class JsonOutput {
 public:
  /// `signals` must outlive it.
  JsonOutput(bool wanted, const StopOnSignal& signals) : wanted_(wanted), signals_(signals) {}

  void print_line(std::string_view line);
  /// Why it could not print, if it could not.
  const std::error_code& failure() const { return failure_; }
  /// The exit status that this asks for: as if SIGPIPE had ended the program where the reader has gone, that
  /// of an error with a file in other cases; 0 where nothing failed.
  int exit_status() const;

 private:
  bool wanted_;
  const StopOnSignal& signals_;
  std::error_code failure_;
};

}  // namespace ganymede::cli
