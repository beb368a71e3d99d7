#pragma once

#include <span>

namespace ganymede::ops {

/// dst += src. For T float or bf16.
template <class T>
void add(std::span<const T> src, std::span<T> dst);

/// dst[r, :] += factors[r] src[r, :], for src and dst of factors.size() rows. For T float or bf16.
template <class T>
void add_scaled_rows(std::span<const float> factors, std::span<const T> src, std::span<T> dst);

/// data[r, :] *= factors[r], for data of factors.size() rows. For T float or bf16.
template <class T>
void scale_rows(std::span<const float> factors, std::span<T> data);

/// dst += share (src - dst): one step of an exponential moving average.
void move_towards(float share, std::span<const float> src, std::span<float> dst);

/// Brings every element into [-limit, limit].
void clamp(float limit, std::span<float> data);

}  // namespace ganymede::ops
