#include "base/number.h"

#include <fmt/format.h>

#include <cmath>

namespace ganymede::base {

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first_digit = number < 0 ? 1 : 0;
  for (std::size_t place = text.size(); place > first_digit + 3;) {
    place -= 3;
    text.insert(place, ",");
  }
  return text;
}

std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::fmax(seconds, 0.0)));
  if (whole < 60) {
    return fmt::format("{} s", whole);
  }
  if (whole < 3600) {
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
  }
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string compact(double number) {
  if (number < 999.5) {
    return fmt::format("{:.0f}", number);
  }
  return number < 999'950.0 ? fmt::format("{:.1f}k", number / 1e3) : fmt::format("{:.1f}M", number / 1e6);
}

std::string byte_count(double bytes) {
  if (bytes < 1e3) {
    return fmt::format("{:.0f} B", bytes);
  }
  if (bytes < 1e6) {
    return fmt::format("{:.1f} kB", bytes / 1e3);
  }
  return bytes < 1e9 ? fmt::format("{:.1f} MB", bytes / 1e6) : fmt::format("{:.1f} GB", bytes / 1e9);
}

std::string percent(double share) {
  return fmt::format("{:.0f}%", share * 100.0);
}

}  // namespace ganymede::base
