#pragma once

#include <span>

#include "base/dtype.h"

namespace ganymede::ops {

/// dst = src, rounded to nearest even where dst is bf16. For S and T float or bf16.
template <class S, class T>
void convert(std::span<const S> src, std::span<T> dst);

}  // namespace ganymede::ops
