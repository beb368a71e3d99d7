#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/dataset.h"
#include "data/stacking.h"
#include "train/recipe/embedded_recipes.h"
#include "train/trainer.h"

namespace ganymede::train {

/// A recipe that ships, with changes.
inline Recipe shipped_recipe(std::string_view name, const std::vector<std::string>& overrides = {}) {
  for (const EmbeddedRecipe& recipe : embedded_recipes()) {
    if (recipe.name == name) {
      return parse_recipe(recipe.text, std::string(name), overrides);
    }
  }
  throw base::Error(base::ErrorKind::configuration, {.where = std::string(name), .found = "no such recipe"});
}

/// The precisions that there are kernels for here.
inline std::vector<std::string> precisions() {
  return ops::capabilities().bf16 ? std::vector<std::string>{"f32", "bf16"} : std::vector<std::string>{"f32"};
}

/// MNIST's training images.
inline const data::Dataset& mnist() {
  static const data::Dataset dataset = [] {
    const std::filesystem::path roots[] = {GANYMEDE_SOURCE_DATA_DIR};
    return data::open_dataset("mnist", roots, data::Splits::train_only);
  }();
  return dataset;
}

/// The training images that a recipe learns from.
inline const data::Dataset& data_of(const Recipe& recipe) {
  static const data::Dataset stacks = data::stack(mnist());
  return data::digits_of(recipe.data) ? stacks : mnist();
}

/// [height, width, channels]
inline base::Shape image_of(const Recipe& recipe) {
  const data::Dataset& dataset = data_of(recipe);
  return {dataset.height, dataset.width, dataset.channels};
}

/// A copy of everything that a checkpoint would hold.
inline std::vector<std::vector<float>> snapshot(const std::vector<NamedTensor>& tensors) {
  std::vector<std::vector<float>> copies;
  for (const NamedTensor& tensor : tensors) {
    copies.emplace_back(tensor.values.begin(), tensor.values.end());
  }
  return copies;
}

inline void restore(const std::vector<std::vector<float>>& copies, const std::vector<NamedTensor>& tensors) {
  for (std::size_t i = 0; i < copies.size(); ++i) {
    std::ranges::copy(copies[i], tensors[i].values.begin());
  }
}

}  // namespace ganymede::train
