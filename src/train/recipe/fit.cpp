#include "train/recipe/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "net/toml_fields.h"
#include "train/recipe/expression.h"
#include "train/recipe/recipe_checks.h"

namespace ganymede::train {

namespace {

constexpr std::int64_t most_copies = 16;
constexpr std::size_t most_layers = 1000;

/// The section [maps].
struct MapSettings {
  std::int64_t halve_to = 0;  // 0: the recipe uses no halved sides
  std::int64_t halve_at_least = 1;
  std::int64_t begin_at = 0;  // 0: where the halvings end
};

template <class Visitor>
void fields(MapSettings& maps, Visitor& visit) {
  visit("halve_to", maps.halve_to);
  visit("halve_at_least", maps.halve_at_least);
  visit("begin_at", maps.begin_at);
}

/// Takes the section out of a recipe.
MapSettings take_settings(toml::table& recipe) {
  MapSettings maps;
  if (const toml::node* section = recipe.get("maps")) {
    if (!section->is_table()) {
      net::refuse_value("maps", *section, "a table such as { halve_to = 16 }");
    }
    net::TomlReader::fill(maps, *section->as_table(), "maps");
    recipe.erase("maps");
  }
  return maps;
}

/// The largest size up to `side` that can be halved as the settings ask.
std::int64_t largest_to_halve(const MapSettings& maps, std::int64_t side) {
  for (; side > 1; --side) {
    std::int64_t half = side;
    std::int64_t halvings = 0;
    while (half % 2 == 0 && (half > maps.halve_to || halvings < maps.halve_at_least)) {
      half /= 2;
      ++halvings;
    }
    if (half <= maps.halve_to && halvings >= maps.halve_at_least) {
      break;
    }
  }
  return side;
}

void add_halvings(const MapSettings& maps, const base::Shape& image, Variables& variables) {
  std::int64_t height = image[0];
  std::int64_t width = image[1];
  std::int64_t halvings = 0;
  for (; std::max(height, width) > maps.halve_to || halvings < maps.halve_at_least; ++halvings) {
    if (height % 2 != 0 || width % 2 != 0) {
      refuse_recipe(
          "maps",
          fmt::format("images of {}x{} pixels, whose sides cannot be halved {} times", image[0], image[1],
                      halvings + 1),
          fmt::format("sides that can be halved until they are at most {}", maps.halve_to),
          fmt::format(
              "Give --size {} to train on images of that size, or a recipe of dense layers, which takes "
              "any: dense",
              largest_to_halve(maps, std::min(image[0], image[1]))));
    }
    height /= 2;
    width /= 2;
  }
  variables["halvings"] = halvings;
  variables["map_height"] = height;
  variables["map_width"] = width;
  while (maps.begin_at > 0 && std::max(height, width) > maps.begin_at && height % 2 == 0 && width % 2 == 0) {
    height /= 2;
    width /= 2;
    ++halvings;
  }
  variables["doublings"] = halvings;
  variables["begin_height"] = height;
  variables["begin_width"] = width;
}

Variables variables_of(const MapSettings& maps, const DataShape& data) {
  Variables variables = {{"height", data.image[0]},
                         {"width", data.image[1]},
                         {"channels", data.image[2]},
                         {"classes", data.classes},
                         {"labels", data.classes >= 2 ? 1 : 0},
                         {"images", data.images}};
  if (maps.halve_to > 0) {
    add_halvings(maps, data.image, variables);
  }
  return variables;
}

/// Inserts what a value stands for.
template <class Insert>
void insert_value(const toml::node& value, const Variables& variables, const std::string& where,
                  const Insert& insert) {
  if (const auto* text = value.as_string(); text != nullptr && uses_variable(**text, variables)) {
    insert(evaluate(**text, variables, where));
  } else {
    insert(value);
  }
}

/// The same table with numbers in place of expressions, without `left_out`.
toml::table written_out(const toml::table& table, const Variables& variables, const std::string& where,
                        std::string_view left_out = {}) {
  toml::table result;
  for (auto&& [key, value] : table) {
    const toml::key& name = key;  // which a lambda of clang 14 can capture
    const std::string place = fmt::format("{}.{}", where, name.str());
    if (const toml::array* array = value.as_array()) {
      toml::array elements;
      for (const toml::node& element : *array) {
        insert_value(element, variables, place, [&](auto&& node) { elements.push_back(node); });
      }
      result.insert(key, std::move(elements));
    } else if (key != left_out) {
      insert_value(value, variables, place, [&](auto&& node) { result.insert(name, node); });
    }
  }
  return result;
}

/// Writes out the layers of a network.
class Layers {
 public:
  explicit Layers(const Variables& variables) : variables_(variables) {}

  void append(const toml::array& layers, const std::string& where) {
    for (std::size_t n = 0; n < layers.size(); ++n) {
      const std::string place = fmt::format("{} {}", where, n + 1);
      const toml::table* table = layers.get(n)->as_table();
      if (table == nullptr) {
        net::refuse_value(place, *layers.get(n), "a layer such as { kind = \"dense\", units = 256 }");
      }
      if (table->contains("repeat")) {
        append_copies(*table, place);
      } else if (const toml::node* when = table->get("when"); when == nullptr || number(*when, place) != 0) {
        add(written_out(*table, variables_, place, "when"), place);
      }
    }
  }

  toml::array&& take() { return std::move(all_); }

 private:
  void append_copies(const toml::table& group, const std::string& where) {
    const toml::array* layers = group["layers"].as_array();
    if (layers == nullptr || group.size() != 2) {
      net::refuse_value(where, group, "{ repeat = 2, layers = [...] } and no other key");
    }
    const std::int64_t copies = number(*group.get("repeat"), where);
    if (copies < 0 || copies > most_copies) {
      refuse_recipe(where, fmt::format("{} copies", copies), fmt::format("0 to {}", most_copies),
                    "Correct the recipe");
    }
    for (const toml::node& layer : *layers) {
      if (const toml::table* table = layer.as_table(); table != nullptr && table->contains("repeat")) {
        net::refuse_value(where, layer, "layers, without a further repeat");
      }
    }
    for (std::int64_t n = 0; n < copies; ++n) {
      append(*layers, where);
    }
  }

  void add(toml::table&& layer, const std::string& where) {
    if (all_.size() == most_layers) {
      refuse_recipe(where, fmt::format("more than {} layers", most_layers), "fewer", "Correct the recipe");
    }
    all_.push_back(std::move(layer));
  }

  std::int64_t number(const toml::node& node, const std::string& where) const {
    if (node.is_integer()) {
      return **node.as_integer();
    }
    if (!node.is_string()) {
      net::refuse_value(where, node, "a whole number, or an expression in quotes");
    }
    return evaluate(**node.as_string(), variables_, where);
  }

  const Variables& variables_;
  toml::array all_;
};

}  // namespace

DataShape shape_of(const data::Dataset& dataset) {
  return {.image = dataset.image_shape(),
          .classes = dataset.classes(),
          .images = static_cast<std::int64_t>(dataset.train.count())};
}

void fit_to_data(toml::table& recipe, const DataShape& data) {
  const Variables variables = variables_of(take_settings(recipe), data);
  for (auto&& [key, value] : recipe) {
    toml::table* section = value.as_table();
    if (section == nullptr) {
      continue;
    }
    const std::string name(key.str());
    if (const toml::array* layers = (*section)["layers"].as_array()) {
      Layers all(variables);
      all.append(*layers, name + ".layers");
      section->insert_or_assign("layers", all.take());
    } else {
      *section = written_out(*section, variables, name);
    }
  }
}

}  // namespace ganymede::train
