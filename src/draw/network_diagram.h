#pragma once

#include <span>
#include <string>

#include "draw/network_table.h"

namespace ganymede::draw {

/// The networks side by side, each a column of layers from its input down, in graphviz' language.
std::string to_dot(std::span<const NetworkTable> networks, const std::string& title);

}  // namespace ganymede::draw
