#pragma once

#include <cstdint>
#include <span>

#include "base/random.h"

namespace ganymede::ops {

/// kept[n] is 1 where element first + n survives, which has probability 1 - rate, else 0: element n survives
/// where byte n % 16 of the random block n / 16 of `key` is at least 256 rate, rounded. Rates are therefore
/// multiples of 1/256.
void dropout_mask(const base::RandomKey& key, float rate, std::span<std::uint8_t> kept,
                  std::int64_t first = 0);

/// The factor that keeps the expectation, 1 over the share that survives (Srivastava et al. 2014, inverted).
float dropout_scale(float rate);

/// data = data kept scale: the same product serves the forward, the backward and the tangent pass.
/// For T float or bf16.
template <class T>
void dropout_apply(std::span<const std::uint8_t> kept, float scale, std::span<T> data);

}  // namespace ganymede::ops
