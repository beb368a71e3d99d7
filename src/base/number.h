#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

/// Numbers in a readable form, and back.
namespace ganymede::base {

/// "1,493,520"
std::string grouped(std::int64_t number);
/// "8 s", "2:05", "1:02:03"
std::string duration(double seconds);
/// "950", "24.5k", "1.2M"
std::string compact(double number);
/// "5.7 MB"
std::string byte_count(double bytes);
/// `share` of one as "78%"
std::string percent(double share);

/// The number that the whole text is; nothing if it is none, or one beyond the type.
template <class Number>
std::optional<Number> to_number(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && last == end ? std::optional(number) : std::nullopt;
}

/// `total` things divided in the shares of `counts`, which are not all 0: whole numbers that add up to it,
/// each less than 1 from its share (largest remainders).
std::vector<std::int64_t> apportioned(std::span<const std::int64_t> counts, std::int64_t total);

}  // namespace ganymede::base
