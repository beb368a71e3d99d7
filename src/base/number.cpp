#include "base/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

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

std::vector<std::int64_t> apportioned(std::span<const std::int64_t> counts, std::int64_t total) {
  const auto sum = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  std::vector<std::int64_t> parts;
  std::vector<std::pair<double, std::size_t>> remainders;
  for (std::size_t n = 0; n < counts.size(); ++n) {
    const double exact = static_cast<double>(total) * (static_cast<double>(counts[n]) / sum);
    parts.push_back(static_cast<std::int64_t>(exact));
    remainders.emplace_back(exact - std::floor(exact), n);
  }
  const auto left =
      static_cast<std::size_t>(total - std::accumulate(parts.begin(), parts.end(), std::int64_t{0}));
  std::ranges::stable_sort(remainders, std::greater(), [](const auto& entry) { return entry.first; });
  for (const auto& [remainder, n] : std::span(remainders).first(left)) {
    ++parts[n];
  }
  return parts;
}

}  // namespace ganymede::base
