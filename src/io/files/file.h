#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ganymede::io {

/// The contents of a regular file.
/// Throws Error(file) if it cannot be read or has more than `max_bytes`, which is checked before memory is
/// asked for.
std::vector<std::byte> read_file(const std::filesystem::path& path, std::size_t max_bytes);
/// The same as text.
std::string read_text(const std::filesystem::path& path, std::size_t max_bytes);

/// Replaces the file at `path`, or the one that a link there leads to, in one moment: writes a temporary file
/// beside it, syncs that, renames it, and syncs the directory. On any failure the old file stays as it was
/// and the temporary one is removed. Throws Error(file), with the system's reason.
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

/// Stores the names in the directory that `path` is in, so that a rename there outlives a power cut. Throws
/// Error(file).
void sync_parent(const std::filesystem::path& path);

/// A file that grows by whole lines or records, which other programs may read meanwhile.
class AppendFile {
 public:
  /// Opens the file at the end and creates it if there is none. Throws Error(file).
  explicit AppendFile(std::filesystem::path path);
  ~AppendFile();
  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&& other) noexcept;

  /// Writes a record in one system call. Throws Error(file), with the system's reason.
  void append(std::span<const std::byte> record);
  /// Writes `line` and a line feed so.
  void append_line(std::string_view line);
  /// Stores what was appended, so that it outlives a power cut. Throws Error(file).
  void sync();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace ganymede::io
