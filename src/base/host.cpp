#include "base/host.h"

#include <dlfcn.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <link.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace ganymede::base {

namespace {

/// What follows "KEY" and its colon in a file of /proc; empty if there is none.
std::string proc_entry(const char* file, std::string_view key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t colon = line.find(':');
    if (line.starts_with(key) && colon != std::string::npos) {
      const std::size_t value = line.find_first_not_of(" \t", colon + 1);
      return value == std::string::npos ? std::string() : line.substr(value);
    }
  }
  return {};
}

std::string shell_word(const std::string& word) {
  constexpr std::string_view harmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!word.empty() && word.find_first_not_of(harmless) == std::string::npos) {
    return word;
  }
  std::string quoted = "'";
  for (const char letter : word) {
    quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  }
  return quoted + "'";
}

}  // namespace

std::string version() {
  return GANYMEDE_VERSION;
}

std::vector<std::string> command_line() {
  std::ifstream stream("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(stream, argument, '\0');) {
    arguments.push_back(argument);
  }
  return arguments;
}

std::string shell_line(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  std::ranges::transform(arguments, std::back_inserter(words), shell_word);
  return fmt::format("{}", fmt::join(words, " "));
}

std::string own_command(std::vector<std::string> arguments) {
  const std::vector<std::string> typed = command_line();
  arguments.insert(arguments.begin(), typed.empty() ? "ganymede" : typed.front());
  return shell_line(arguments);
}

std::filesystem::path executable() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored);
}

std::filesystem::path own_file() {
  static const char here = 0;
  Dl_info info;
  void* found = nullptr;
  if (::dladdr1(&here, &info, &found, RTLD_DL_LINKMAP) == 0) {
    return executable();
  }
  const char* const name = static_cast<const link_map*>(found)->l_name;
  return *name == '\0' ? executable() : std::filesystem::path(name);
}

std::filesystem::path cache_directory() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::filesystem::path(value == nullptr ? "" : value);
  };
  if (const auto cache = variable("XDG_CACHE_HOME"); cache.is_absolute()) {
    return cache / "ganymede";
  }
  if (const auto home = variable("HOME"); home.is_absolute()) {
    return home / ".cache" / "ganymede";
  }
  std::error_code ignored;
  return std::filesystem::temp_directory_path(ignored) / "ganymede";
}

std::string processor() {
  const std::string name = proc_entry("/proc/cpuinfo", "model name");
  return name.empty() ? "unknown" : name;
}

std::int64_t available_memory() {
  const std::string kilobytes = proc_entry("/proc/meminfo", "MemAvailable");
  return kilobytes.empty() ? 0 : std::stoll(kilobytes) * 1024;
}

std::string utc_time() {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
}

std::string local_time() {
  return fmt::format("{:%Y%m%d-%H%M%S}", fmt::localtime(std::time(nullptr)));
}

double unix_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace ganymede::base
