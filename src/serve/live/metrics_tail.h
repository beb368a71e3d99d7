#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ganymede::serve {

/// How far a reader has read a metrics.jsonl. A run that is resumed replaces the file by a shorter one, which
/// is another file to the system.
struct MetricsPlace {
  std::uint64_t file = 0;
  std::int64_t offset = 0;

  friend bool operator==(const MetricsPlace&, const MetricsPlace&) = default;
};

/// "FILE-OFFSET", as the id of a Server-Sent Event; what is no such text is the beginning.
std::string to_string(const MetricsPlace& place);
MetricsPlace parse_place(std::string_view text);

/// What came after a place.
struct MetricsChunk {
  MetricsPlace place;  ///< behind it
  std::string rows;    ///< the whole lines that are JSON objects, as a JSON array; empty if there are none
  bool restarted =
      false;  ///< whether the file is not the one that was read before, and this is its beginning
};

/// Reads on from `from`, some 64 KiB at a time, until there are rows or no more whole lines. A line that is
/// still being written waits for the next call; one of more than 64 KiB is passed over, as is the rest of one
/// that `from` lies within.
MetricsChunk read_metrics(const std::filesystem::path& metrics, const MetricsPlace& from);

}  // namespace ganymede::serve
