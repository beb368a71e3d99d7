#pragma once

#include "net/tensor.h"

namespace ganymede::net {

/// dst = src, converted where the types differ; nothing where both are the same memory.
void copy(const TensorRef& src, const TensorRef& dst);

}  // namespace ganymede::net
