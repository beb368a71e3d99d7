#pragma once

#include <filesystem>
#include <string>

namespace ganymede::data {

/// Throws Error(data) about what is at `where`, with the parts of base::ErrorText.
[[noreturn]] void refuse(const std::filesystem::path& where, std::string found, std::string expected,
                         std::string advice);

}  // namespace ganymede::data
