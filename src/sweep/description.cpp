#include "sweep/description.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <set>
#include <sstream>
#include <utility>

#include "base/number.h"
#include "base/refusal.h"
#include "io/files/file.h"
#include "net/toml_fields.h"

namespace ganymede::sweep {

namespace {

namespace fs = std::filesystem;

constexpr base::Refusal refuse{base::ErrorKind::configuration};

/// The entries of a table in the order of the file.
std::vector<std::pair<std::string, const toml::node*>> in_order(const toml::table& table) {
  std::vector<std::pair<std::string, const toml::node*>> entries;
  for (const auto& [key, node] : table) {
    entries.emplace_back(key.str(), &node);
  }
  const auto place = [](const auto& entry) {
    const toml::source_position& begin = entry.second->source().begin;
    return std::pair(begin.line, begin.column);
  };
  std::ranges::stable_sort(entries, {}, place);
  return entries;
}

/// A value on one line.
std::string as_toml(const toml::node& node) {
  std::string inside;
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& element : *array) {
      inside += (inside.empty() ? "" : ", ") + as_toml(element);
    }
    return "[" + inside + "]";
  }
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : in_order(*table)) {
      inside += fmt::format("{}{} = {}", inside.empty() ? "" : ", ", net::written(key), as_toml(*value));
    }
    return "{ " + inside + " }";
  }
  return node.visit([](const auto& value) -> std::string {
    if constexpr (toml::is_string<decltype(value)> || toml::is_integer<decltype(value)> ||
                  toml::is_floating_point<decltype(value)> || toml::is_boolean<decltype(value)>) {
      return net::written(*value);
    } else if constexpr (!toml::is_array<decltype(value)> && !toml::is_table<decltype(value)>) {
      std::ostringstream text;
      text << value;
      return text.str();
    } else {
      return {};
    }
  });
}

/// Throws for a key that cannot be a recipe's, and for one that the sweep decides by itself.
void check_key(const std::string& key, const std::string& where) {
  const bool plain = !key.empty() && std::ranges::all_of(key, [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '_' || letter == '-' || letter == '.';
  });
  if (!plain) {
    refuse(where, fmt::format("the key \"{}\"", key), "one of a recipe, such as objective.loss",
           "Write it as --set does");
  }
  if (key == "training.seed") {
    refuse(where, key, "settings without the seed", "Write seeds = [1, 2, 3] at the top of the file");
  }
}

std::string joined(const std::string& before, const std::string& key) {
  return before.empty() ? key : before + "." + key;
}

/// Calls `visit` with the dotted key and the value of each setting in a table.
template <class Visitor>
void for_each_setting(const toml::table& table, const std::string& before, const std::string& where,
                      const Visitor& visit) {
  if (table.empty()) {
    refuse(joined(where, before), "an empty table", "settings");
  }
  for (const auto& [key, node] : in_order(table)) {
    const std::string path = joined(before, key);
    const toml::table* inner = node->as_table();
    if (inner != nullptr && !visit.takes_table(*inner)) {
      for_each_setting(*inner, path, where, visit);
    } else {
      visit(path, *node);
    }
  }
}

const toml::table& table_of(const toml::node& node, const std::string& where, const std::string& expected) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    net::refuse_value(where, node, expected);
  }
  return *table;
}

const toml::array& array_of(const toml::node& node, const std::string& where, const std::string& expected) {
  const toml::array* array = node.as_array();
  if (array == nullptr || array->empty()) {
    net::refuse_value(where, node, expected);
  }
  return *array;
}

/// Throws where a number is not from `lowest` to `highest`.
void check_range(const std::string& where, std::int64_t value, std::int64_t lowest, std::int64_t highest) {
  if (value < lowest || value > highest) {
    refuse(where, fmt::format("{}", value), fmt::format("a whole number from {} to {}", lowest, highest),
           "Correct the value");
  }
}

struct AssignmentReader {
  std::vector<std::string>& assignments;
  const std::string& where;

  bool takes_table(const toml::table&) const { return false; }
  void operator()(const std::string& key, const toml::node& value) const {
    check_key(key, where);
    assignments.push_back(key + "=" + as_toml(value));
  }
};

bool is_range(const toml::table& table) {
  return table["low"].is_number() && table["high"].is_number();
}

}  // namespace

template <class Visitor>
void fields(Range& range, Visitor& visit) {
  visit.required("low", range.low);
  visit.required("high", range.high);
  visit("log", range.log);
}

namespace {

Range read_range(const toml::table& table, const std::string& where) {
  Range range;
  net::TomlReader::fill(range, table, where);
  range.whole = table["low"].is_integer() && table["high"].is_integer();
  constexpr double most = 1e15;
  if (!(range.low < range.high && std::abs(range.low) <= most && std::abs(range.high) <= most)) {
    refuse(where, fmt::format("a range from {} to {}", range.low, range.high),
           "one from a smaller to a larger number", "Correct low and high");
  }
  if (range.log && range.low <= 0.0) {
    refuse(where, fmt::format("a logarithmic range from {}", range.low), "one from above zero",
           "Correct low, or leave log out");
  }
  return range;
}

/// The keys of an axis: several, divided by commas, have equal values.
std::vector<std::string> keys_of(const std::string& text, const std::string& where) {
  std::vector<std::string> keys;
  std::istringstream parts(text);
  for (std::string key; std::getline(parts, key, ',');) {
    const auto is_space = [](unsigned char letter) { return letter == ' '; };
    key.erase(key.begin(), std::ranges::find_if_not(key, is_space));
    key.erase(std::find_if_not(key.rbegin(), key.rend(), is_space).base(), key.end());
    check_key(key, where);
    keys.push_back(key);
  }
  check_key(keys.empty() ? "" : keys.front(), where);
  return keys;
}

struct AxisReader {
  std::vector<Axis>& axes;
  const std::string& where;

  bool takes_table(const toml::table& table) const { return is_range(table); }
  void operator()(const std::string& key, const toml::node& value) const {
    const std::string place = joined(where, key);
    Axis axis{.keys = keys_of(key, place), .values = {}, .range = {}};
    if (const toml::table* table = value.as_table()) {
      axis.range = read_range(*table, place);
    } else {
      for (const toml::node& element : array_of(value, place, "an array of values, or { low, high }")) {
        axis.values.push_back(as_toml(element));
      }
    }
    axes.push_back(std::move(axis));
  }
};

}  // namespace

void read_value(const toml::node& node, const std::string& where, Names& value) {
  value.all.clear();
  if (node.is_string()) {
    net::read_value(node, where, value.all.emplace_back());
    return;
  }
  for (const toml::node& element : array_of(node, where, "a name, or an array of names")) {
    net::read_value(element, where, value.all.emplace_back());
  }
}

void read_value(const toml::node& node, const std::string& where, Seeds& value) {
  constexpr std::int64_t most_seeds = 10'000;
  value.values.clear();
  if (node.is_integer()) {
    const std::int64_t count = **node.as_integer();
    check_range(where, count, 1, most_seeds);
    for (std::int64_t seed = 1; seed <= count; ++seed) {
      value.values.push_back(seed);
    }
    return;
  }
  std::set<std::int64_t> known;
  for (const toml::node& element : array_of(node, where, "an array of seeds, or their number")) {
    std::int64_t seed = 0;
    net::read_value(element, where, seed);
    check_range(where, seed, 0, std::numeric_limits<std::int64_t>::max());
    if (!known.insert(seed).second) {
      refuse(where, fmt::format("the seed {} twice", seed), "each seed once", "Take one out");
    }
    value.values.push_back(seed);
  }
}

void read_value(const toml::node& node, const std::string& where, Settings& value) {
  for_each_setting(table_of(node, where, "a table of settings"), "", where,
                   AssignmentReader{value.assignments, where});
}

void read_value(const toml::node& node, const std::string& where, Grid& value) {
  for_each_setting(table_of(node, where, "a table of settings"), "", where, AxisReader{value.axes, where});
}

void read_value(const toml::node& node, const std::string& where, Variants& value) {
  for (const auto& [name, settings] : in_order(table_of(node, where, "a table of variants"))) {
    Variant& variant = value.all.emplace_back(Variant{name, {}});
    const std::string place = joined(where, name);
    const toml::table& table = table_of(*settings, place, "a table of settings");
    if (!table.empty()) {  // a variant may be the recipe as it is
      for_each_setting(table, "", place, AssignmentReader{variant.settings.assignments, place});
    }
  }
}

void read_value(const toml::node& node, const std::string& where, Budget& value) {
  std::string text;
  net::read_value(node, where, text);
  value.seconds = parse_duration(text, where);
}

template <class Visitor>
void fields(Description& description, Visitor& visit) {
  visit.required("recipe", description.recipe);
  visit("epochs", description.epochs);
  visit("steps", description.steps);
  visit("seeds", description.seeds);
  visit("set", description.set);
  visit("variants", description.variants);
  visit("grid", description.grid);
  visit("samples", description.samples);
  visit("sample_seed", description.sample_seed);
  visit("rank_by", description.rank_by);
  visit("columns", description.columns);
  visit("classifier", description.classifier);
  visit("budget", description.budget);
  visit("out", description.out);
}

namespace {

void check(const Description& description) {
  constexpr std::int64_t longest = 1'000'000'000;
  check_range("sweep.epochs", description.epochs, 0, longest);
  check_range("sweep.steps", description.steps, 0, longest);
  check_range("sweep.samples", description.samples, 0, most_runs);
  check_range("sweep.sample_seed", description.sample_seed, 0, std::numeric_limits<std::int64_t>::max());
  if (description.epochs > 0 && description.steps > 0) {
    refuse("sweep.steps", "epochs too", "one of the two", "Take one out");
  }
  for (const Axis& axis : description.grid.axes) {
    if (axis.range && description.samples == 0) {
      refuse("sweep.grid." + axis.keys.front(), "a range to draw from", "samples = N in the file",
             "Say how many settings to draw, or give an array of values");
    }
  }
}

}  // namespace

fs::path Description::directory() const {
  if (!out.empty()) {
    return out;
  }
  const std::string name = fs::path(where).stem().string();
  return fs::path("runs") / (name.empty() ? "sweep" : name);
}

Description parse_description(std::string_view toml, const std::string& where) {
  toml::table table;
  try {
    table = toml::parse(toml, where);
  } catch (const toml::parse_error& error) {
    refuse(fmt::format("{} line {}", where, error.source().begin.line),
           fmt::format("\"{}\"", std::string_view(error.description())), "TOML",
           "`ganymede sweep --help` has an example");
  }
  Description description;
  description.where = where;
  try {
    net::TomlReader::fill(description, table, "sweep");
    check(description);
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), {.where = where + ": " + error.what()});
  }
  return description;
}

Description read_description(const fs::path& file) {
  constexpr std::size_t largest = 1 << 20;
  return parse_description(io::read_text(file, largest), file.string());
}

double parse_duration(std::string_view text, const std::string& where) {
  constexpr std::pair<char, double> units[] = {{'d', 86400.0}, {'h', 3600.0}, {'m', 60.0}, {'s', 1.0}};
  double seconds = 0.0;
  std::string digits;
  bool sound = true;
  for (const char letter : text) {
    const auto* unit = std::ranges::find(units, letter, &std::pair<char, double>::first);
    if (unit != std::end(units)) {
      const auto number = base::to_number<double>(digits);
      sound = sound && number && std::isfinite(*number);
      seconds += number.value_or(0.0) * unit->second;
      digits.clear();
    } else if (letter != ' ') {
      digits += letter;
    }
  }
  constexpr double most = 366.0 * 86400.0;
  if (!sound || !digits.empty() || !(seconds > 0.0 && seconds <= most)) {
    refuse(where, fmt::format("\"{}\"", text), "a time of a year at most, such as 90s, 45m or 1h30m",
           "Correct the value");
  }
  return seconds;
}

}  // namespace ganymede::sweep
