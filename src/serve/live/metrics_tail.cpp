#include "serve/live/metrics_tail.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace ganymede::serve {

namespace {

constexpr std::size_t chunk_bytes = 1 << 16;

/// A file that is open for reading while this exists.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// False if there is no regular file.
  bool status(struct stat& status) const {
    return descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
  }

  std::string read(std::int64_t offset) const {
    std::string bytes(chunk_bytes, '\0');
    const ssize_t count = ::pread(descriptor_, bytes.data(), bytes.size(), offset);
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }

 private:
  int descriptor_;
};

/// Some whole lines.
struct Lines {
  std::string text;
  std::int64_t bytes = 0;  ///< that were read, including skipped lines
};

/// Reads from `offset`. Skips the rest of a line that begins before it, and a line that is longer than a
/// chunk.
Lines read_lines(const OpenFile& file, std::int64_t offset) {
  const std::int64_t before = std::min<std::int64_t>(offset, 1);
  std::string bytes = file.read(offset - before);
  const bool full = bytes.size() == chunk_bytes;
  const bool in_line = before > 0 && !bytes.starts_with('\n');
  bytes.erase(0, static_cast<std::size_t>(before));
  const std::size_t end = bytes.rfind('\n') + 1;  // 0 if there is no line feed
  if (end == 0) {
    return {.text = {}, .bytes = in_line || full ? static_cast<std::int64_t>(bytes.size()) : 0};
  }
  const std::size_t begin = in_line ? bytes.find('\n') + 1 : 0;
  return {.text = bytes.substr(begin, end - begin), .bytes = static_cast<std::int64_t>(end)};
}

std::string as_array(std::string_view lines) {
  std::string array;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    if (line.starts_with('{') && nlohmann::json::accept(line)) {
      array += array.empty() ? '[' : ',';
      array += line;
    }
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
  return array.empty() ? array : array + "]";
}

}  // namespace

std::string to_string(const MetricsPlace& place) {
  return fmt::format("{}-{}", place.file, place.offset);
}

MetricsPlace parse_place(std::string_view text) {
  MetricsPlace place;
  const char* const end = text.data() + text.size();
  const auto file = std::from_chars(text.data(), end, place.file);
  if (file.ec != std::errc() || file.ptr == end || *file.ptr != '-') {
    return {};
  }
  const auto offset = std::from_chars(file.ptr + 1, end, place.offset);
  return offset.ec == std::errc() && offset.ptr == end && place.offset >= 0 ? place : MetricsPlace{};
}

MetricsChunk read_metrics(const std::filesystem::path& metrics, const MetricsPlace& from) {
  const OpenFile file(metrics);
  struct stat status {};
  if (!file.status(status)) {
    return {.place = from, .rows = {}};
  }
  const bool same = from.file == status.st_ino && from.offset <= status.st_size;
  MetricsChunk chunk = {.place = {status.st_ino, same ? from.offset : 0},
                        .rows = {},
                        .restarted = !same && from != MetricsPlace{}};
  while (chunk.rows.empty()) {
    const Lines lines = read_lines(file, chunk.place.offset);
    if (lines.bytes == 0) {
      break;
    }
    chunk.place.offset += lines.bytes;
    chunk.rows = as_array(lines.text);
  }
  return chunk;
}

}  // namespace ganymede::serve
