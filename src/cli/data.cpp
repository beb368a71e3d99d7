#include "cli/commands.h"

namespace ganymede::cli {
void add_data(CLI::App&, Action&) {}
}  // namespace ganymede::cli
