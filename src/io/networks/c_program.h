#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Programs in C that try what to_c_header() wrote.
namespace ganymede::io {

/// A block of C that calls the function `network` of such a header with a sample, and with a label where it
/// takes one, and prints each element of the output on a line of its own.
std::string c_call(const std::string& network, std::span<const float> input,
                   const std::optional<std::int32_t>& label);

/// The program that includes `headers` and runs such blocks.
std::string c_program(std::span<const std::string> headers, std::string_view blocks);

/// What a C99 program prints. Compiles it in `directory`, where its headers are, with the compiler that is
/// called cc and the flags; returns nothing if there is none. Throws Error(file), with the compiler's words,
/// if it does not compile or fails.
std::optional<std::string> run_c(const std::filesystem::path& directory, std::string_view source,
                                 const std::vector<std::string>& flags = {});

}  // namespace ganymede::io
