#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ganymede::io {

/// What to run; no shell sees any of it.
struct Program {
  std::string name;  ///< looked for on PATH unless it has a slash
  std::vector<std::string> arguments;
  std::string_view input;  ///< for standard input
  std::chrono::seconds timeout{30};
};

/// How a program ended.
struct ProgramResult {
  int exit_status = 0;  ///< 128 + the signal if one ended it, as in a shell
  std::string output;   ///< all of standard output
  std::string errors;   ///< all of standard error
};

/// Runs a program to its end, in a process group of its own (so that Ctrl-C reaches only this program) and
/// with the signals unblocked. Returns nothing if the program is not installed. Throws Error(file) if it
/// cannot be started, and after killing it at its time-out.
std::optional<ProgramResult> run_program(const Program& program);

}  // namespace ganymede::io
