#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Facts on the program and the machine.
namespace ganymede::base {

/// "0.1.0"
std::string version();

/// The command line as it was typed, the program's name first.
std::vector<std::string> command_line();
/// Arguments quoted for a shell.
std::string shell_line(const std::vector<std::string>& arguments);
/// A command line with the program's name as it was called and `arguments`, to copy.
std::string own_command(std::vector<std::string> arguments);

std::filesystem::path executable();
/// The program or shared library that this library is linked into: a plug-in's file, not that of the program
/// that loads it.
std::filesystem::path own_file();
/// Where the program keeps what it can make again: $XDG_CACHE_HOME/ganymede, or ~/.cache/ganymede; in the
/// directory for temporary files where there is no home.
std::filesystem::path cache_directory();
/// The processor's name: "AMD EPYC 7763 64-Core Processor".
std::string processor();
/// The available memory in bytes; zero if it is unknown.
std::int64_t available_memory();

/// Now, in UTC: "2026-03-14T15:09:26Z".
std::string utc_time();
/// Now, in local time, for names: "20260314-150926".
std::string local_time();
/// Seconds since 1970.
double unix_time();

}  // namespace ganymede::base
