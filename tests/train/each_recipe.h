#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <tuple>
#include <vector>

#include "train/fixtures.h"

namespace ganymede::train {

inline bool same_bytes(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0;
  });
}

/// Tests that run for recipes that ship, in each precision, on small batches.
class EachRecipe : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  Recipe recipe(std::vector<std::string> overrides = {}) const {
    overrides.push_back("training.batch_size=16");
    overrides.push_back("training.precision=" + std::get<1>(GetParam()));
    return shipped_recipe(std::get<0>(GetParam()), overrides);
  }

  ops::Device device_;
};

inline std::vector<std::string> names_of_recipes() {
  std::vector<std::string> names;
  for (const EmbeddedRecipe& recipe : embedded_recipes()) {
    names.emplace_back(recipe.name);
  }
  return names;
}

inline std::string name_of_case(const testing::TestParamInfo<EachRecipe::ParamType>& parameter) {
  std::string name = std::get<0>(parameter.param) + "_" + std::get<1>(parameter.param);
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace ganymede::train
