#pragma once

#include <filesystem>
#include <span>

#include "base/shape.h"

namespace ganymede::io {

/// Writes `values` for numpy.load(): format 1.0, little-endian 32-bit floats in C order, as write_file()
/// does.
void write_npy(const std::filesystem::path& path, std::span<const float> values, const base::Shape& shape);

}  // namespace ganymede::io
