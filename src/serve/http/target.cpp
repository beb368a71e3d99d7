#include "serve/http/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/number.h"
#include "base/refusal.h"

namespace ganymede::serve {

namespace {

constexpr std::size_t longest_target = 4096;

constexpr base::Refusal refuse{base::ErrorKind::usage};

bool is_control(char letter) {
  constexpr unsigned char first_printable = 0x20;
  constexpr unsigned char delete_character = 0x7F;
  const auto code = static_cast<unsigned char>(letter);
  return code < first_printable || code == delete_character;
}

/// The character that "%HH" stands for.
char unescape(std::string_view digits) {
  unsigned code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (digits.size() != 2 || error != std::errc() || end != digits.data() + digits.size()) {
    refuse("the address", "a % without two hexadecimal digits", "%20, for example");
  }
  return static_cast<char>(code);
}

std::string decode(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char letter = text[at];
    if (letter == '%') {
      letter = unescape(text.substr(at + 1, 2));
      at += 2;
    }
    if (is_control(letter)) {
      refuse("the address", "a control character", "characters that can be printed");
    }
    decoded += letter;
  }
  return decoded;
}

std::string decode_segment(std::string_view text) {
  std::string segment = decode(text);
  if (segment.empty() || segment.front() == '.' || segment.find_first_of("/\\") != std::string::npos) {
    refuse("the address", "a part that is empty, begins with a dot or holds a slash", "plain names");
  }
  return segment;
}

/// Removes the text up to and including `separator` from `rest` and returns the text before it.
std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

}  // namespace

Target parse_target(std::string_view text) {
  if (text.size() > longest_target || !text.starts_with('/')) {
    refuse("the address", text.starts_with('/') ? "too many characters" : "no slash at its beginning",
           fmt::format("a path of at most {} characters", longest_target));
  }
  Target target;
  std::string_view query = text.substr(1);
  std::string_view path = take(query, '?');
  while (!path.empty()) {
    target.path.push_back(decode_segment(take(path, '/')));
  }
  while (!query.empty()) {
    std::string_view value = take(query, '&');
    const std::string_view key = take(value, '=');
    if (!target.query.emplace(decode(key), decode(value)).second) {
      refuse("the address", fmt::format("\"{}\" twice", decode(key)), "each key once");
    }
  }
  return target;
}

std::int64_t parse_number(std::string_view text, const std::string& where, std::int64_t lowest,
                          std::int64_t highest) {
  const auto value = base::to_number<std::int64_t>(text);
  if (!value || *value < lowest || *value > highest) {
    refuse(where, fmt::format("\"{}\"", text), fmt::format("a whole number from {} to {}", lowest, highest));
  }
  return *value;
}

std::int64_t number(const Target& target, const std::string& key, std::int64_t otherwise, std::int64_t lowest,
                    std::int64_t highest) {
  const auto found = target.query.find(key);
  return found == target.query.end() ? otherwise : parse_number(found->second, key, lowest, highest);
}

}  // namespace ganymede::serve
