#include "data/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>
#include <system_error>

#include "base/error.h"

namespace ganymede::data {

namespace {

namespace fs = std::filesystem;

// Deflate makes at most 1032 bytes of one: a larger size in the trailer is a lie.
constexpr std::size_t max_expansion = 1032;

[[noreturn]] void refuse(const std::string& where, std::string found, std::string expected) {
  throw base::Error(base::ErrorKind::data, {.where = where,
                                            .found = std::move(found),
                                            .expected = std::move(expected),
                                            .advice = "Fetch the file again"});
}

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

struct EndInflate {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

}  // namespace

std::vector<std::uint8_t> gunzip(std::span<const std::uint8_t> packed, std::size_t max_bytes,
                                 const std::string& where) {
  constexpr int gzip_with_largest_window = 16 + MAX_WBITS;
  z_stream stream{};
  if (inflateInit2(&stream, gzip_with_largest_window) != Z_OK) {
    throw std::bad_alloc();
  }
  const std::unique_ptr<z_stream, EndInflate> end(&stream);

  std::vector<std::uint8_t> unpacked(std::min(max_bytes, stated_size(packed)));
  std::size_t read = 0;
  std::size_t written = 0;
  while (true) {
    // One byte more than allowed, to tell a file that is too long from one that just fits.
    if (written == unpacked.size()) {
      unpacked.resize(std::min(max_bytes + 1, std::max<std::size_t>(2 * written, 4096)));
    }
    constexpr std::size_t most = 1U << 30;  // zlib counts in 32 bits
    stream.next_in = const_cast<Bytef*>(packed.data() + read);
    stream.avail_in = static_cast<uInt>(std::min(packed.size() - read, most));
    stream.next_out = unpacked.data() + written;
    stream.avail_out = static_cast<uInt>(std::min(unpacked.size() - written, most));
    const int status = inflate(&stream, Z_NO_FLUSH);
    read = static_cast<std::size_t>(stream.next_in - packed.data());
    written = static_cast<std::size_t>(stream.next_out - unpacked.data());

    if (written > max_bytes) {
      refuse(where, fmt::format("more than {} bytes when unpacked", max_bytes), "a smaller file");
    }
    if (status == Z_STREAM_END) {
      if (read == packed.size()) {
        break;
      }
      if (!is_gzip(packed.subspan(read))) {
        refuse(where, fmt::format("{} bytes after the gzip stream", packed.size() - read),
               "the end of the file");
      }
      inflateReset(&stream);
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      refuse(where, fmt::format("a corrupt gzip stream ({})", stream.msg != nullptr ? stream.msg : "zlib"),
             "a sound one");
    } else if (read == packed.size() && stream.avail_out > 0) {
      refuse(where, fmt::format("a gzip stream cut off after {} bytes", packed.size()), "a complete one");
    }
  }
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
