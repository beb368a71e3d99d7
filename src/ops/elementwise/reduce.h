#pragma once

#include <cstdint>
#include <span>

namespace ganymede::ops {

/// dst[c] = sum over rows of src[row, c], for src [rows, columns] with columns = dst.size(): a bias'
/// gradient. The order of the additions does not depend on the number of threads. For T float or bf16.
template <class T>
void column_sum(std::span<const T> src, std::span<float> dst);

/// The square root of the sum of the squares, summed in double: the L2 norm.
double norm(std::span<const float> values);

}  // namespace ganymede::ops
