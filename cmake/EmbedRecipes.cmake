# cmake -DOUTPUT=FILE -DRECIPES=A.toml;B.toml -P EmbedRecipes.cmake
# Writes the C++ source that holds the recipes and defines ganymede::train::embedded_recipes().
set(names "")
foreach(recipe IN LISTS RECIPES)
  get_filename_component(name "${recipe}" NAME_WE)
  list(APPEND names "${name}")
  set("file_of_${name}" "${recipe}")
endforeach()
list(SORT names)
set(rows "")
foreach(name IN LISTS names)
  file(READ "${file_of_${name}}" text)
  string(APPEND rows "    EmbeddedRecipe{\"${name}\", R\"toml(${text})toml\"},\n")
endforeach()
list(LENGTH RECIPES count)
file(WRITE "${OUTPUT}" "#include \"train/recipe/embedded_recipes.h\"

#include <array>

namespace ganymede::train {

std::span<const EmbeddedRecipe> embedded_recipes() {
  static constexpr std::array<EmbeddedRecipe, ${count}> recipes{
${rows}  };
  return recipes;
}

}  // namespace ganymede::train
")
