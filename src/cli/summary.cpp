#include "cli/commands.h"

namespace ganymede::cli {
void add_summary(CLI::App&, Action&) {}
}  // namespace ganymede::cli
