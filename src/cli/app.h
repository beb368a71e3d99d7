#pragma once

namespace ganymede::cli {

/// The program: parses the command line, does what it asks for and returns the exit code: 0, the value of a
/// base::ErrorKind, 128 plus the signal that stopped a run, or 1 for what should not happen.
int run(int argc, char** argv);

}  // namespace ganymede::cli
