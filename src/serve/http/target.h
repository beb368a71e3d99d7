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

/// Reads the target of a request line (RFC 3986). Throws Error(usage) for a part of the path that, decoded,
/// is empty, begins with a dot or has a slash, a backslash or a control character, so that no part leaves its
/// directory.
Target parse_target(std::string_view text);

/// A whole number of the query, `otherwise` without the key. Throws Error(usage) for other text and for a
/// number outside [lowest, highest].
std::int64_t number(const Target& target, const std::string& key, std::int64_t otherwise, std::int64_t lowest,
                    std::int64_t highest);

/// Reads a whole number from all of `text`. Throws Error(usage), naming `where`, as number() does.
std::int64_t parse_number(std::string_view text, const std::string& where, std::int64_t lowest,
                          std::int64_t highest);

}  // namespace ganymede::serve
