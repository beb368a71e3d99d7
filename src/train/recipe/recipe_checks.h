#pragma once

#include "base/error.h"
#include "train/recipe/recipe.h"

/// What reading a recipe and building its networks refuse; part of this folder's inside.
namespace ganymede::train {

/// Throws base::Error of the kind "configuration".
[[noreturn]] void refuse_recipe(const base::ErrorText& text);

/// Throws base::Error for a number outside its range and for methods that exclude each other.
void check_values(const Recipe& recipe);

}  // namespace ganymede::train
