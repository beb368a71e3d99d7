#include "cli/commands.h"

namespace ganymede::cli {
void add_plot(CLI::App&, Action&) {}
}  // namespace ganymede::cli
