#include "net/toml_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "base/refusal.h"
#include "base/suggestion.h"

namespace ganymede::net {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::configuration};

std::string text_of(const toml::node& node) {
  std::ostringstream text;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_table<decltype(value)>) {
      text << "a table";
    } else {
      text << value;
    }
  });
  return text.str();
}

std::string prefix(const std::string& where) {
  return where.empty() ? "recipe" : where;
}

}  // namespace

void refuse_value(const std::string& where, const toml::node& node, const std::string& expected) {
  refuse(where, text_of(node), expected, "Correct the value");
}

void refuse_unknown_keys(const std::string& where, const toml::table& table,
                         const std::vector<std::string>& known) {
  for (const auto& [key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
      refuse_word(prefix(where), key.str(), known, "key");
    }
  }
}

void refuse_missing_key(const std::string& where, std::string_view key) {
  refuse(prefix(where), fmt::format("no key \"{}\"", key), "one", fmt::format("Add {} = ...", key));
}

void refuse_word(const std::string& where, std::string_view word, const std::vector<std::string>& known,
                 std::string_view what) {
  std::string advice = base::did_you_mean(word, known);
  if (advice.ends_with('?')) {
    advice += " Known are: " + fmt::format("{}", fmt::join(known, ", "));
  }
  refuse(where, fmt::format("the unknown {} \"{}\"", what, word), {}, advice);
}

void read_value(const toml::node& node, const std::string& where, bool& value) {
  if (!node.is_boolean()) {
    refuse_value(where, node, "true or false");
  }
  value = **node.as_boolean();
}

void read_value(const toml::node& node, const std::string& where, std::int64_t& value) {
  if (!node.is_integer()) {
    refuse_value(where, node, "a whole number");
  }
  value = **node.as_integer();
}

void read_value(const toml::node& node, const std::string& where, double& value) {
  if (!node.is_number()) {
    refuse_value(where, node, "a number");
  }
  value = *node.value<double>();
}

void read_value(const toml::node& node, const std::string& where, float& value) {
  double number = 0.0;
  read_value(node, where, number);
  value = static_cast<float>(number);
}

void read_value(const toml::node& node, const std::string& where, std::string& value) {
  if (!node.is_string()) {
    refuse_value(where, node, "a text in quotes");
  }
  value = **node.as_string();
}

void read_value(const toml::node& node, const std::string& where, base::Shape& value) {
  const toml::array* array = node.as_array();
  if (array == nullptr || array->empty()) {
    refuse_value(where, node, "an array of sizes such as [28, 28, 1]");
  }
  std::vector<std::int64_t> sizes(array->size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    read_value(*array->get(i), where, sizes[i]);
  }
  value = base::Shape(sizes);
}

void read_value(const toml::node& node, const std::string& where, Padding& value) {
  if (node.is_string() && **node.as_string() == "same") {
    value = {};
  } else if (node.is_integer()) {
    value = {.same = false, .each_side = **node.as_integer()};
  } else {
    refuse_value(where, node, "\"same\" or a number of pixels");
  }
}

void read_value(const toml::node& node, const std::string& where, std::vector<LayerSpec>& value) {
  const toml::array* array = node.as_array();
  if (array == nullptr) {
    refuse_value(where, node, "an array of layers such as [{ kind = \"flatten\" }]");
  }
  value.clear();
  for (std::size_t i = 0; i < array->size(); ++i) {
    const std::string place = fmt::format("{} {}", where, i + 1);
    const toml::table* table = array->get(i)->as_table();
    if (table == nullptr) {
      refuse_value(place, *array->get(i), "a layer such as { kind = \"dense\", units = 256 }");
    }
    TomlReader reader(*table, place);
    std::string kind;
    reader.required("kind", kind);
    const auto& kinds = layer_kinds();
    const auto found =
        std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.first == kind; });
    if (found == kinds.end()) {
      std::vector<std::string> known;
      known.reserve(kinds.size());
      for (const auto& known_kind : kinds) {
        known.emplace_back(known_kind.first);
      }
      refuse_word(place, kind, known, "kind of layer");
    }
    value.push_back(found->second);
    std::visit([&](auto& layer) { fields(layer, reader); }, value.back());
    reader.finish();
  }
}

std::string written(bool value) {
  return value ? "true" : "false";
}
std::string written(std::int64_t value) {
  return fmt::format("{}", value);
}
namespace {

/// The shortest decimal that reads back as this number: a float must not go through double, which prints all
/// its digits.
template <class Number>
std::string written_number(Number value) {
  const std::string text = fmt::format("{}", value);
  return text.find_first_of(".ein") == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::string written(double value) {
  return written_number(value);
}
std::string written(float value) {
  return written_number(value);
}
std::string written(const std::string& value) {
  std::ostringstream text;
  text << toml::value<std::string>(value);
  return text.str();
}
std::string written(const base::Shape& value) {
  return value.to_string();
}
std::string written(const Padding& value) {
  return value.same ? "\"same\"" : written(value.each_side);
}

namespace {

/// Writes a layer's fields as the inside of an inline table.
struct InlineWriter {
  std::string text;

  template <class Value>
  void operator()(std::string_view key, Value& value) {
    text += fmt::format(", {} = {}", key, written(value));
  }
  template <class Value>
  void required(std::string_view key, Value& value) {
    (*this)(key, value);
  }
};

}  // namespace

std::string written(const std::vector<LayerSpec>& value) {
  std::string text = "[\n";
  for (LayerSpec layer : value) {
    InlineWriter writer;
    std::visit([&](auto& description) { fields(description, writer); }, layer);
    text += fmt::format("  {{ kind = \"{}\"{} }},\n", kind_name(layer), writer.text);
  }
  return text + "]";
}

Words<Initializer> words(Initializer) {
  static constexpr std::array<std::pair<std::string_view, Initializer>, 4> table = {{
      {"glorot_uniform", Initializer::glorot_uniform},
      {"normal_0.02", Initializer::normal_002},
      {"he_normal", Initializer::he_normal},
      {"pytorch_default", Initializer::pytorch_default},
  }};
  return table;
}

}  // namespace ganymede::net
