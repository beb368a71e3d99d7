#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ganymede::codecs {

/// A file in a zip archive, as the archive states it.
struct ZipMember {
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t packed_size = 0;
};

/// A zip archive in memory.
class ZipArchive {
 public:
  /// `bytes` must outlive it. Throws Error(file), which begins with `where`, for what is no archive, and one
  /// of no member or more than 10,000.
  ZipArchive(std::span<const std::byte> bytes, std::string where);
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  std::span<const ZipMember> members() const { return members_; }
  /// Unpacks members()[index]. Throws Error(file) for more than `max_bytes`, for a size that nothing so small
  /// can be unpacked to, both before memory is asked for, and for a corrupt or encrypted member.
  std::vector<std::byte> read(std::size_t index, std::size_t max_bytes) const;

 private:
  struct Handle;

  std::string where_;
  std::size_t archive_bytes_;
  std::unique_ptr<Handle> handle_;
  std::vector<ZipMember> members_;
};

/// A member to write.
struct ZipContents {
  std::string name;
  std::vector<std::byte> bytes;
};
/// An archive of them, of which there is one, packed; the same contents make the same bytes at any time.
std::vector<std::byte> encode_zip(std::span<const ZipContents> members);

}  // namespace ganymede::codecs
