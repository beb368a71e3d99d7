#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>
#include <toml++/toml.h>

#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "artifacts/recipe_source.h"
#include "bindings.h"
#include "train/recipe/embedded_recipes.h"
#include "train/recipe/recipe.h"

namespace ganymede::python {

namespace nb = nanobind;

namespace {

nb::object to_python(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    nb::dict result;
    for (const auto& [key, value] : *table) {
      result[nb::str(key.str().data(), key.str().size())] = to_python(value);
    }
    return result;
  }
  if (const auto* array = node.as_array()) {
    nb::list result;
    for (const toml::node& value : *array) {
      result.append(to_python(value));
    }
    return result;
  }
  if (const auto* text = node.as_string()) {
    return nb::str(text->get().data(), text->get().size());
  }
  if (const auto* truth = node.as_boolean()) {
    return nb::bool_(truth->get());
  }
  if (const auto* whole = node.as_integer()) {
    return nb::int_(whole->get());
  }
  if (const auto* number = node.as_floating_point()) {
    return nb::float_(number->get());
  }
  throw nb::type_error("a recipe has no dates and times");
}

template <class Add>
void add_value(nb::handle value, const Add& add);

toml::table to_table(const nb::dict& values) {
  toml::table table;
  for (const auto& [key, value] : values) {
    const std::string name = nb::cast<std::string>(key);
    add_value(value, [&](auto node) { table.insert_or_assign(name, std::move(node)); });
  }
  return table;
}

toml::array to_array(nb::handle values) {
  toml::array array;
  for (const nb::handle value : values) {
    add_value(value, [&](auto node) { array.push_back(std::move(node)); });
  }
  return array;
}

template <class Add>
void add_value(nb::handle value, const Add& add) {
  if (nb::isinstance<nb::dict>(value)) {
    add(to_table(nb::borrow<nb::dict>(value)));
  } else if (nb::isinstance<nb::str>(value)) {
    add(nb::cast<std::string>(value));
  } else if (nb::isinstance<nb::bool_>(value)) {
    add(nb::cast<bool>(value));
  } else if (nb::isinstance<nb::list>(value) || nb::isinstance<nb::tuple>(value)) {
    add(to_array(value));
  } else if (PyIndex_Check(value.ptr()) != 0) {
    add(nb::cast<std::int64_t>(nb::steal(PyNumber_Index(value.ptr()))));
  } else if (PyFloat_Check(value.ptr()) != 0 || nb::hasattr(value, "__float__")) {
    add(nb::cast<double>(nb::steal(PyNumber_Float(value.ptr()))));
  } else {
    throw nb::type_error("a recipe holds numbers, texts, truth values, lists and dictionaries alone");
  }
}

template <class Node>
std::string written(const Node& node) {
  std::ostringstream text;
  text << node;
  return text.str();
}

/// A value as it stands behind a key in TOML.
std::string value_to_toml(nb::handle value) {
  toml::array holder;
  add_value(value, [&](auto node) {
    if constexpr (std::is_same_v<decltype(node), toml::table>) {
      node.is_inline(true);
    }
    holder.push_back(std::move(node));
  });
  std::ostringstream text;
  text << toml::default_formatter(holder, toml::format_flags::none);
  const std::string array = text.str();
  const std::size_t begin = array.find('[') + 1;
  return array.substr(begin, array.rfind(']') - begin);
}

nb::object parse(const std::string& text, const std::string& where) {
  try {
    return to_python(toml::parse(text, where));
  } catch (const toml::parse_error&) {
    (void)train::parse_recipe(text, where);  // says what is wrong
    throw;
  }
}

}  // namespace

void bind_recipes(nb::module_& module) {
  module.def(
      "recipe_names",
      [] {
        std::vector<std::string> names;
        for (const train::EmbeddedRecipe& recipe : train::embedded_recipes()) {
          names.emplace_back(recipe.name);
        }
        return names;
      },
      "The names of the recipes that come along.");
  module.def(
      "recipe_text",
      [](const std::string& name_or_file) {
        const artifacts::RecipeText recipe = artifacts::recipe_text(name_or_file);
        return std::tuple(recipe.toml, recipe.where);
      },
      nb::arg("name_or_file"), "The TOML of a recipe, and what it is called in errors.");
  module.def("toml_to_dict", &parse, nb::arg("text"), nb::arg("where") = "recipe",
             "A recipe's TOML as a dictionary.");
  module.def(
      "dict_to_toml", [](const nb::dict& values) { return written(to_table(values)); }, nb::arg("values"),
      "A dictionary as TOML.");
  module.def("value_to_toml", &value_to_toml, nb::arg("value"), "A value as TOML writes it.");
  module.def(
      "complete_recipe",
      [](const std::string& text, const std::string& where, const std::vector<std::string>& overrides,
         const std::vector<std::int64_t>& image, std::int64_t classes, std::int64_t images) {
        const train::Recipe recipe =
            train::parse_recipe(text, where, overrides,
                                {.image = base::Shape(std::span<const std::int64_t>(image)),
                                 .classes = classes,
                                 .images = images});
        return train::to_toml(recipe);
      },
      nb::arg("text"), nb::arg("where"), nb::arg("overrides"), nb::arg("image"), nb::arg("classes"),
      nb::arg("images"), "The recipe for such data as TOML, with every value written out.");
}

}  // namespace ganymede::python
