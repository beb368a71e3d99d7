#pragma once

#include <string_view>
#include <system_error>

#include "cli/signals.h"

namespace ganymede::cli {

/// The output of `train --json`: a JSON object per line on standard output. After a failure to write (the
/// reader has closed the pipe, the disk is full) it prints nothing more and stops the run with a checkpoint.
class JsonOutput {
 public:
  /// `signals` must outlive it.
  JsonOutput(bool wanted, const StopOnSignal& signals) : wanted_(wanted), signals_(signals) {}

  void print_line(std::string_view line);
  /// The reason of a failure to write, if there was one.
  const std::error_code& failure() const { return failure_; }
  /// The exit status after a failure: that of SIGPIPE for a closed pipe, that of a file error otherwise; 0
  /// without a failure.
  int exit_status() const;

 private:
  bool wanted_;
  const StopOnSignal& signals_;
  std::error_code failure_;
};

}  // namespace ganymede::cli
