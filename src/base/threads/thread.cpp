#include "base/threads/thread.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "base/error.h"

namespace ganymede::base {

std::thread start_thread(std::function<void()> body) {
  try {
    return std::thread(std::move(body));
  } catch (const std::system_error& error) {
    throw Error(
        ErrorKind::usage,
        {.where = "threads",
         .found = fmt::format("\"{}\"", error.code().message()),
         .expected = "to start one more",
         .advice = "Use fewer with --threads, or raise the limit of processes (ulimit -u) or of memory "
                   "(ulimit -v)"});
  }
}

}  // namespace ganymede::base
