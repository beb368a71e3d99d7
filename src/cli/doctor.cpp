#include "cli/commands.h"

namespace ganymede::cli {
void add_doctor(CLI::App&, Action&) {}
}  // namespace ganymede::cli
