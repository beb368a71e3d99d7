#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codecs/npy.h"

namespace ganymede::data {

/// Which values of an array are black and white.
struct ValueRange {
  codecs::NpyKind kind = codecs::NpyKind::unsigned_integer;  ///< of the values
  double low = 0.0;
  double high = 255.0;
  std::string description;  ///< "floats from 0 to 0.98, read as 0 to 1"
};

/// The range of an array of bytes, booleans or floats, by its smallest and largest value. Throws Error(data),
/// which begins with `where`, for floats that lie in none of 0 to 1, -1 to 1 and 0 to 255, and other types.
ValueRange range_of(const codecs::NpyView& array, const std::string& where);

/// The values as bytes. Throws Error(data) for one beyond the range, and for what is no number.
std::vector<std::uint8_t> to_pixels(const codecs::NpyView& array, const ValueRange& range,
                                    const std::string& where);

}  // namespace ganymede::data
