#pragma once

#include <span>
#include <string>

#include "base/shape.h"

namespace ganymede::train {

/// A tensor that a checkpoint holds.
struct NamedTensor {
  std::string name;
  base::Shape shape;
  std::span<float> values;
};

}  // namespace ganymede::train
