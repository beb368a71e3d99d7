# cmake -DOUTPUT=FILE -DRECIPES=A.toml;B.toml -P EmbedRecipes.cmake
# Writes the C++ source that holds the recipes and defines ganymede::train::embedded_recipes().
set(rows "")
foreach(recipe IN LISTS RECIPES)
  get_filename_component(name "${recipe}" NAME_WE)
  file(READ "${recipe}" text)
  string(APPEND rows "    EmbeddedRecipe{\"${name}\", R\"toml(${text})toml\"},\n")
endforeach()
list(LENGTH RECIPES count)
file(WRITE "${OUTPUT}" "#include \"train/embedded_recipes.h\"

#include <array>

namespace ganymede::train {

std::span<const EmbeddedRecipe> embedded_recipes() {
  static constexpr std::array<EmbeddedRecipe, ${count}> recipes{
${rows}  };
  return recipes;
}

}  // namespace ganymede::train
")
