#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ganymede::serve {

/// What a request asks for, decoded.
struct Target {
  std::vector<std::string> path;             ///< "/api/runs/a%20b" is {"api", "runs", "a b"}
  std::map<std::string, std::string> query;  ///< "?seed=7" is {{"seed", "7"}}
};

/// Reads the target of a request line (RFC 3986). A part of a path names a file or nothing: one that is
/// empty, begins with a dot, or holds a slash, a backslash or a control character once it is decoded is
/// refused. Throws Error(usage).
Target parse_target(std::string_view text);

/// A whole number of the query, `otherwise` if it has no such key. Throws Error(usage) for what is no number
/// and for one that is not in [lowest, highest].
std::int64_t number(const Target& target, const std::string& key, std::int64_t otherwise, std::int64_t lowest,
                    std::int64_t highest);

/// Reads a whole number from all of `text`. Throws Error(usage), naming `where`, as number() does.
std::int64_t parse_number(std::string_view text, const std::string& where, std::int64_t lowest,
                          std::int64_t highest);

}  // namespace ganymede::serve
