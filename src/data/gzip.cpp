#include "data/gzip.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>
#include <system_error>

#include "base/error.h"
#include "base/refusal.h"

namespace ganymede::data {

namespace {

namespace fs = std::filesystem;

// Deflate makes at most 1032 bytes of one: a larger size in the trailer is a lie.
constexpr std::size_t max_expansion = 1032;

constexpr base::Refusal refuse{base::ErrorKind::data, "Fetch the file again"};

bool is_gzip(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
}

/// The unpacked size that the last four bytes state, as far as it is credible.
std::size_t stated_size(std::span<const std::uint8_t> packed) {
  if (packed.size() < 4) {
    return 0;
  }
  const auto last = packed.last(4);
  const std::uint32_t stated = std::uint32_t{last[0]} | std::uint32_t{last[1]} << 8 |
                               std::uint32_t{last[2]} << 16 | std::uint32_t{last[3]} << 24;
  return std::min<std::size_t>(stated, packed.size() * max_expansion);
}

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
};

}  // namespace

std::vector<std::uint8_t> gunzip(std::span<const std::uint8_t> packed, std::size_t max_bytes,
                                 const std::string& where) {
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  if (!decompressor) {
    throw std::bad_alloc();
  }
  std::vector<std::uint8_t> unpacked(std::min(max_bytes, stated_size(packed)));
  std::size_t read = 0;
  std::size_t written = 0;
  do {
    std::size_t member_read = 0;
    std::size_t member_written = 0;
    const libdeflate_result result = libdeflate_gzip_decompress_ex(
        decompressor.get(), packed.data() + read, packed.size() - read, unpacked.data() + written,
        unpacked.size() - written, &member_read, &member_written);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
      if (unpacked.size() == max_bytes) {
        refuse(where, fmt::format("more than {} bytes when unpacked", max_bytes), "a smaller file");
      }
      unpacked.resize(std::min(max_bytes, std::max<std::size_t>(2 * unpacked.size(), 4096)));
      continue;
    }
    if (result != LIBDEFLATE_SUCCESS) {
      refuse(where, fmt::format("a gzip stream, at byte {}, that is corrupt or cut off", read),
             "a sound one");
    }
    read += member_read;
    written += member_written;
    if (read < packed.size() && !is_gzip(packed.subspan(read))) {
      refuse(where, fmt::format("{} bytes after the gzip stream", packed.size() - read),
             "the end of the file");
    }
  } while (read < packed.size());
  unpacked.resize(written);
  return unpacked;
}

std::vector<std::uint8_t> read_unpacked(const fs::path& path, std::size_t max_bytes) {
  const auto cannot_read = [&](const std::string& reason) {
    return base::Error(base::ErrorKind::data, {.where = path.string(),
                                               .found = reason,
                                               .expected = "a file to read",
                                               .advice = "Check the path and its permissions"});
  };
  std::error_code error;
  if (fs::is_directory(path, error)) {
    throw cannot_read("a directory");
  }
  const auto size = fs::file_size(path, error);
  if (error) {
    throw cannot_read(error.message());
  }
  if (size > max_bytes) {
    refuse(path.string(), fmt::format("{} bytes", size), fmt::format("at most {}", max_bytes));
  }
  std::vector<std::uint8_t> bytes(size);
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size))) {
    throw cannot_read(std::generic_category().message(errno));
  }
  return is_gzip(bytes) ? gunzip(bytes, max_bytes, path.string()) : bytes;
}

}  // namespace ganymede::data
