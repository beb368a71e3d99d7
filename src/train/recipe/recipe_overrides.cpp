#include "train/recipe/recipe_overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/number.h"
#include "net/toml_fields.h"
#include "train/recipe/recipe_checks.h"

namespace ganymede::train {

namespace {

toml::table parse_assignment(const std::string& text) {
  const auto refuse_text = [&] {
    refuse_recipe("--set " + text, "no key and value", "key=value",
                  "Write for example --set training.batch_size=64");
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    refuse_text();
  }
  const std::string key = text.substr(0, equals);
  const std::string value = text.substr(equals + 1);
  toml::table parsed;
  try {
    parsed = toml::parse(key + " = " + value);
  } catch (const toml::parse_error&) {
    try {
      parsed = toml::parse(key + " = " + net::written(value));
    } catch (const toml::parse_error& error) {
      refuse_recipe("--set " + text, std::string(error.description()), "key=value");
    }
  }
  if (parsed.empty()) {
    refuse_text();
  }
  return parsed;
}

/// Puts an assignment's tables into a recipe's.
class Merger {
 public:
  explicit Merger(const std::string& text) : text_(text) {}

  void merge(toml::table& into, toml::table& from, const std::string& where) const {
    for (auto&& [key, value] : from) {
      const std::string name(key.str());
      const std::string place = where.empty() ? name : where + "." + name;
      refuse_empty_table(value, place);
      toml::node* const existing = into.get(name);
      if (existing == nullptr || !merge_tables(*existing, value, place)) {
        into.insert_or_assign(name, std::move(value));
      }
    }
  }

 private:
  /// Whether the keys of `value`, a table, have been put into `existing`; false where it takes its place.
  bool merge_tables(toml::node& existing, toml::node& value, const std::string& where) const {
    toml::table* const from = value.as_table();
    if (from == nullptr) {
      return false;
    }
    if (toml::table* const into = existing.as_table()) {
      merge(*into, *from, where);
      return true;
    }
    if (toml::array* const into = existing.as_array()) {
      merge(*into, *from, where);
      return true;
    }
    return false;
  }

  void refuse_empty_table(const toml::node& value, const std::string& where) const {
    if (const toml::table* const table = value.as_table(); table != nullptr && table->empty()) {
      refuse(where, "an empty table", "a table with the keys to set");
    }
  }

  void merge(toml::array& into, toml::table& from, const std::string& where) const {
    for (auto&& [key, value] : from) {
      const std::string place = where + "." + std::string(key.str());
      const std::size_t index = index_in(into, key.str(), where);
      refuse_empty_table(value, place);
      const toml::table* const layer = value.as_table();
      const bool whole = layer != nullptr && layer->contains("kind");
      if (whole || !merge_tables(into[index], value, place)) {
        into.insert(into.cbegin() + static_cast<std::ptrdiff_t>(index), std::move(value));
        into.erase(into.cbegin() + static_cast<std::ptrdiff_t>(index) + 1);
      }
    }
  }

  std::size_t index_in(const toml::array& array, std::string_view key, const std::string& where) const {
    const auto index = base::to_number<std::size_t>(key);
    if (array.empty() || !index || *index >= array.size()) {
      refuse(where + "." + std::string(key), fmt::format("the element \"{}\"", key),
             array.empty() ? "none, as there are no elements"
                           : fmt::format("a number from 0 to {}", array.size() - 1));
    }
    return *index;
  }

  [[noreturn]] void refuse(const std::string& where, std::string found, std::string expected) const {
    refuse_recipe(fmt::format("--set {}: {}", text_, where), std::move(found), std::move(expected),
                  "Correct the flag");
  }

  const std::string& text_;
};

}  // namespace

void apply_override(toml::table& table, const std::string& text) {
  toml::table assignment = parse_assignment(text);
  Merger(text).merge(table, assignment, "");
}

}  // namespace ganymede::train
