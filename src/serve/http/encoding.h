#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ganymede::serve {

/// RFC 4648's base 64, with padding.
std::string base64(std::span<const std::uint8_t> bytes);

/// `values` as bytes: `low` is 0, `high` is 255, others are clamped.
std::string base64_of_range(std::span<const float> values, float low, float high);

}  // namespace ganymede::serve
