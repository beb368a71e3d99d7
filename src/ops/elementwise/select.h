#pragma once

#include <cstdint>
#include <span>

namespace ganymede::ops {

/// dst [rows] = the element of each row of src [rows, classes] that its label of [rows] names.
/// For T float or bf16.
template <class T>
void select(std::span<const T> src, std::span<const std::int32_t> labels, std::span<T> dst);

/// diff_src [rows, classes] = diff_dst [rows] in the place that each row's label names, and zero elsewhere.
template <class T>
void select_backward(std::span<const T> diff_dst, std::span<const std::int32_t> labels,
                     std::span<T> diff_src);

}  // namespace ganymede::ops
