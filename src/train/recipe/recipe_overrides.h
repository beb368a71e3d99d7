#pragma once

#include <toml++/toml.h>

#include <string>

namespace ganymede::train {

/// Sets in a recipe's TOML what `text`, "key.path=value", says: a value in place of the one that is there, or
/// the keys of a table beside those that are there. A number in the path is an element of an array, counted
/// from 0: "generator.layers.0.units=64"; a layer that is given with its kind takes the place of the one
/// there. A value that is no TOML stands for itself in quotes. Throws Error(configuration) for what sets
/// nothing.
void apply_override(toml::table& table, const std::string& text);

}  // namespace ganymede::train
