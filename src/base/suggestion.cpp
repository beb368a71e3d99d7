#include "base/suggestion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace ganymede::base {

namespace {

/// Shorter words are the beginning of too many others.
constexpr std::size_t shortest_beginning = 4;

/// The number of letters to insert, delete or exchange (Levenshtein distance).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t exchanged = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, exchanged});
    }
  }
  return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto closest = std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
    return edit_distance(word, a) < edit_distance(word, b);
  });
  if (closest != known.end() && edit_distance(word, *closest) <= std::max<std::size_t>(2, word.size() / 3)) {
    return fmt::format("Did you mean \"{}\"?", *closest);
  }
  const auto longer_or_shorter = [&](const std::string& other) {
    return std::min(word.size(), other.size()) >= shortest_beginning &&
           (other.starts_with(word) || word.starts_with(other));
  };
  if (std::ranges::count_if(known, longer_or_shorter) == 1) {
    return fmt::format("Did you mean \"{}\"?", *std::ranges::find_if(known, longer_or_shorter));
  }
  return fmt::format("Known are: {}", fmt::join(known, ", "));
}

}  // namespace ganymede::base
