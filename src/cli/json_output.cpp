#include "cli/json_output.h"

#include <signal.h>

#include <string>

#include "base/error.h"
#include "cli/console.h"

namespace ganymede::cli {

void JsonOutput::print_line(std::string_view line) {
  if (!wanted_ || failure_) {
    return;
  }
  failure_ = try_print(std::string(line) + "\n");
  if (failure_) {
    signals_.request_stop();
  }
}

int JsonOutput::exit_status() const {
  if (failure_ == std::errc::broken_pipe) {
    return 128 + SIGPIPE;
  }
  return failure_ ? static_cast<int>(base::ErrorKind::file) : 0;
}

}  // namespace ganymede::cli
