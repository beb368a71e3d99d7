#pragma once

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/recipe/recipe.h"

namespace ganymede::serve {

/// A setting of a recipe that the page has a field for.
struct FormField {
  std::string_view key;    ///< in the recipe: "training.epochs"
  std::string_view title;  ///< its label
  std::string_view hint;   ///< what it does, in a sentence or two
  enum class Kind { number, whole, word, data } kind;
  double low = 0.0;             ///< the least number
  double high = 0.0;            ///< the largest number
  bool while_training = false;  ///< whether a run that trains can change it
};

/// The fields, in the page's order.
std::span<const FormField> form_fields();

/// The fields as JSON: key, title, hint, kind, low, high, while_training and, where there are some, the words
/// to choose from.
nlohmann::ordered_json describe_fields();

/// The values of the fields in a recipe, by key; those that the recipe does not have are left out.
nlohmann::ordered_json field_values(const train::Recipe& recipe);

/// Reads a JSON array of "KEY=VALUE". Throws Error(usage) for something else.
std::vector<std::string> read_settings(const nlohmann::ordered_json& settings);

/// Throws Error(usage) for a setting that the page cannot change in a run that trains, or to a number out of
/// range, and Error(configuration) for one that `recipe` does not take.
void require_change(const train::Recipe& recipe, const std::vector<std::string>& settings);

}  // namespace ganymede::serve
