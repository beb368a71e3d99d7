#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ganymede::serve {

/// A position in a metrics.jsonl. A resumed run replaces the file by a shorter one with another inode.
struct MetricsPlace {
  std::uint64_t file = 0;
  std::int64_t offset = 0;

  friend bool operator==(const MetricsPlace&, const MetricsPlace&) = default;
};

/// "FILE-OFFSET", as the id of a Server-Sent Event; other text is the beginning.
std::string to_string(const MetricsPlace& place);
MetricsPlace parse_place(std::string_view text);

/// The rows after a place.
struct MetricsChunk {
  MetricsPlace place;  ///< behind it
  std::string rows;    ///< the whole lines that are JSON objects, as a JSON array; empty if there are none
  bool restarted = false;  ///< whether the file was replaced, and these are its first rows
};

/// Reads from `from`, 64 KiB at a time, until there are rows or no more complete lines. An incomplete line
/// waits for the next call. Lines of more than 64 KiB and the rest of a line that contains `from` are
/// skipped.
MetricsChunk read_metrics(const std::filesystem::path& metrics, const MetricsPlace& from);

}  // namespace ganymede::serve
