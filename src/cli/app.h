#pragma once

namespace ganymede::cli {

/// The program: parses the command line, runs the verb and returns the exit code: 0, the value of a
/// base::ErrorKind, 128 plus the signal that stopped a run, or 1 for an unexpected error.
int run(int argc, char** argv);

}  // namespace ganymede::cli
