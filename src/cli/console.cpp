#include "cli/console.h"

#include <fmt/format.h>
#include <stdio_ext.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "base/error.h"

namespace ganymede::cli {

namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool terminal_understands_escapes() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

void talk(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

/// `text` in the colour of an ANSI code, if colours are enabled.
std::string coloured(std::string_view text, int code) {
  const bool colours = terminal_understands_escapes() && !is_set("NO_COLOR");
  return colours ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

}  // namespace

void print(std::string_view text) {
  if (const std::error_code error = try_print(text)) {
    throw print_failure(error);
  }
}

std::error_code try_print(std::string_view text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written) {
    return {};
  }
  const std::error_code error(errno, std::generic_category());
  ::__fpurge(stdout);  // or the end of the program would try to write it again
  return error;
}

base::Error print_failure(const std::error_code& reason) {
  return {base::ErrorKind::file,
          {.where = "standard output",
           .found = fmt::format("\"{}\"", reason.message()),
           .expected = "to write to it",
           .advice = "Check where it leads"}};
}

void print_error(std::string_view message) {
  constexpr int red = 31;
  talk(fmt::format("ganymede: {} {}\n", coloured("error:", red), message));
}

void print_hint(std::string_view message) {
  talk(fmt::format("{}\n", message));
}

Console::Console(bool quiet) : quiet_(quiet), live_(!quiet && terminal_understands_escapes()) {}

int Console::width() const {
  winsize size{};
  constexpr int usual = 80;
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

void Console::say(std::string_view line) {
  if (!quiet_) {
    clear_status();
    talk(fmt::format("{}\n", line));
  }
}

void Console::warn(std::string_view line) {
  constexpr int yellow = 33;
  say(fmt::format("{} {}", coloured("warning:", yellow), line));
}

void Console::show_status(std::string_view line) {
  if (live_) {
    // Overwrites the old line and erases its rest: an empty line between would flicker.
    talk(fmt::format("\r{}\033[K", line));
    status_shown_ = true;
  }
}

void Console::keep_status() {
  if (status_shown_) {
    talk("\n");
    status_shown_ = false;
  }
}

void Console::clear_status() {
  if (status_shown_) {
    talk("\r\033[K");
    status_shown_ = false;
  }
}

}  // namespace ganymede::cli
