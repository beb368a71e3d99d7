#include "serve/metrics_tail.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <system_error>

namespace ganymede::serve {

namespace {

constexpr std::size_t chunk_bytes = 1 << 16;

/// A file that is open for reading while it lives.
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

  /// False where there is no regular file.
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

std::string as_array(std::string_view lines) {
  std::string array;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    if (line.starts_with('{') && nlohmann::json::accept(line)) {
      array += array.empty() ? '[' : ',';
      array += line;
    }
    lines.remove_prefix(line.size() + 1);
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
  const std::int64_t begin = same ? from.offset : 0;
  const std::string bytes = file.read(begin);
  std::size_t end = bytes.rfind('\n') + 1;  // 0 if there is no line feed
  if (end == 0 && bytes.size() == chunk_bytes) {
    end = bytes.size();  // longer than any line of ours: passed over
  }
  return {.place = {status.st_ino, begin + static_cast<std::int64_t>(end)},
          .rows = as_array(std::string_view(bytes).substr(0, end)),
          .restarted = !same && from != MetricsPlace{}};
}

}  // namespace ganymede::serve
