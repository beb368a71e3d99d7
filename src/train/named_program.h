#pragma once

#include <string>

#include "net/program.h"

namespace ganymede::train {

/// A program under the name that profiles use: "frozen discriminator".
struct NamedProgram {
  std::string name;
  net::Program& program;
};

}  // namespace ganymede::train
