#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ganymede::data {

/// Unpacks the members of a gzip file (RFC 1952), whose lengths and checksums are verified.
/// Throws Error(data), which begins with `where`, for a truncated or corrupt stream, bytes after the last
/// member, and contents of more than `max_bytes`.
std::vector<std::uint8_t> gunzip(std::span<const std::uint8_t> packed, std::size_t max_bytes,
                                 const std::string& where);

/// The contents of a file, unpacked if it begins as a gzip file does.
/// Throws Error(data) if it cannot be read, and as gunzip() does.
std::vector<std::uint8_t> read_unpacked(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace ganymede::data
