#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/shape.h"
#include "net/spec.h"

/// Reading and writing descriptions as TOML. A description is a struct with a function
///   template <class Visitor> void fields(Struct& s, Visitor& visit) { visit("key", s.member); ... }
/// which both directions walk, so that each key is written down once.
namespace ganymede::net {

/// The words that stand for an enumeration's values, found by argument-dependent lookup of `words`.
template <class Enum>
using Words = std::span<const std::pair<std::string_view, Enum>>;

Words<Initializer> words(Initializer);

/// Throws Error(configuration): the value at `where` is not as expected.
[[noreturn]] void refuse_value(const std::string& where, const toml::node& node, const std::string& expected);
/// Throws Error(configuration) for a key that no field has, with the closest `known` one as a suggestion.
void refuse_unknown_keys(const std::string& where, const toml::table& table,
                         const std::vector<std::string>& known);
[[noreturn]] void refuse_missing_key(const std::string& where, std::string_view key);
/// Throws Error(configuration) for `word`, which is none of `known`, with the closest as a suggestion.
[[noreturn]] void refuse_word(const std::string& where, std::string_view word,
                              const std::vector<std::string>& known, std::string_view what);

void read_value(const toml::node& node, const std::string& where, bool& value);
void read_value(const toml::node& node, const std::string& where, std::int64_t& value);
void read_value(const toml::node& node, const std::string& where, double& value);
void read_value(const toml::node& node, const std::string& where, float& value);
void read_value(const toml::node& node, const std::string& where, std::string& value);
void read_value(const toml::node& node, const std::string& where, base::Shape& value);
void read_value(const toml::node& node, const std::string& where, Padding& value);
void read_value(const toml::node& node, const std::string& where, std::vector<LayerSpec>& value);

std::string written(bool value);
std::string written(std::int64_t value);
std::string written(double value);
std::string written(float value);
std::string written(const std::string& value);
std::string written(const base::Shape& value);
std::string written(const Padding& value);
std::string written(const std::vector<LayerSpec>& value);

template <class Enum>
requires std::is_enum_v<Enum> std::string written(Enum value) {
  for (const auto& [word, meaning] : words(Enum{})) {
    if (meaning == value) {
      return written(std::string(word));
    }
  }
  return {};
}

/// Fills a description from a table; keys that are absent keep the description's value.
class TomlReader {
 public:
  /// Fills `value` from the whole table, called `where` in errors. Throws Error(configuration) for a key that
  /// it has not, a value that does not fit and a key that is missing.
  template <class Value>
  static void fill(Value& value, const toml::table& table, const std::string& where) {
    TomlReader reader(table, where);
    fields(value, reader);
    reader.finish();
  }

  TomlReader(const toml::table& table, std::string where) : table_(table), where_(std::move(where)) {}

  template <class Value>
  void operator()(std::string_view key, Value& value) {
    known_.emplace_back(key);
    if (const toml::node* node = table_.get(key)) {
      read(*node, where_.empty() ? std::string(key) : where_ + "." + std::string(key), value);
    }
  }

  template <class Value>
  void required(std::string_view key, Value& value) {
    if (!table_.contains(key)) {
      refuse_missing_key(where_, key);
    }
    (*this)(key, value);
  }

  /// Call last: a key that no field took is an error.
  void finish() const { refuse_unknown_keys(where_, table_, known_); }

 private:
  template <class Value>
  static void read(const toml::node& node, const std::string& where, Value& value) {
    if constexpr (requires(TomlReader & visitor) { fields(value, visitor); }) {
      const toml::table* table = node.as_table();
      if (table == nullptr) {
        refuse_value(where, node, "a table");
      }
      fill(value, *table, where);
    } else if constexpr (std::is_enum_v<Value>) {
      std::string word;
      read_value(node, where, word);
      std::vector<std::string> known;
      for (const auto& [text, meaning] : words(Value{})) {
        if (text == word) {
          value = meaning;
          return;
        }
        known.emplace_back(text);
      }
      refuse_word(where, word, known, "value");
    } else {
      read_value(node, where, value);
    }
  }

  const toml::table& table_;
  std::string where_;
  std::vector<std::string> known_;
};

/// Writes a description as a TOML document: its values, then a section for each description within it.
class TomlWriter {
 public:
  /// The document of `value`.
  template <class Value>
  static std::string write(Value value) {
    TomlWriter writer;
    fields(value, writer);
    return writer.text();
  }

  explicit TomlWriter(std::string section = {}) : section_(std::move(section)) {}

  template <class Value>
  void operator()(std::string_view key, Value& value) {
    if constexpr (requires(TomlWriter & visitor) { fields(value, visitor); }) {
      TomlWriter inner(section_.empty() ? std::string(key) : section_ + "." + std::string(key));
      fields(value, inner);
      sections_ += "\n[" + inner.section_ + "]\n" + inner.text();
    } else {
      values_ += std::string(key) + " = " + written(value) + "\n";
    }
  }

  template <class Value>
  void required(std::string_view key, Value& value) {
    (*this)(key, value);
  }

  std::string text() const { return values_ + sections_; }

 private:
  std::string section_;
  std::string values_;
  std::string sections_;
};

}  // namespace ganymede::net
