#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "train/recipe/embedded_recipes.h"

namespace ganymede::test {

/// The built-in recipes as the values of a parametrised test, and the name of such a case.
inline auto each_recipe() {
  return testing::ValuesIn(train::embedded_recipes().begin(), train::embedded_recipes().end());
}
inline std::string name_of_case(const testing::TestParamInfo<train::EmbeddedRecipe>& recipe) {
  std::string name(recipe.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace ganymede::test
