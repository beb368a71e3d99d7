#pragma once

#include <cstdint>
#include <span>

namespace ganymede::ops {

/// dst [rows, channels + classes] = src [rows, channels] followed by the one-hot vector of the row's label;
/// row r has the label labels[r / rows_a_label], so that every pixel of an image gets the image's. For T
/// float or bf16.
template <class T>
void join_label(std::span<const T> src, std::span<const std::int32_t> labels, std::int64_t classes,
                std::span<T> dst);

/// The same with zeros in the place of the label: the tangent, since a label does not change with the input.
template <class T>
void join_zeros(std::span<const T> src, std::int64_t rows, std::int64_t classes, std::span<T> dst);

/// diff_src [rows, channels] = the first channels of diff_dst [rows, channels + classes].
template <class T>
void split_label(std::span<const T> diff_dst, std::int64_t rows, std::int64_t classes, std::span<T> diff_src);

}  // namespace ganymede::ops
