#pragma once

#include <span>
#include <string>

#include "draw/network_table.h"

namespace ganymede::draw {

/// The networks in graphviz' language, side by side, each a column of layers from its input down.
std::string to_dot(std::span<const NetworkTable> networks, const std::string& title);

}  // namespace ganymede::draw
