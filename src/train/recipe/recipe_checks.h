#pragma once

#include "base/refusal.h"
#include "train/recipe/recipe.h"

/// What reading a recipe and building its networks refuse; part of this folder's inside.
namespace ganymede::train {

/// Throws Error(configuration) about a recipe.
inline constexpr base::Refusal refuse_recipe{base::ErrorKind::configuration};

/// Throws base::Error for a number outside its range and for methods that exclude each other.
void check_values(const Recipe& recipe);

}  // namespace ganymede::train
