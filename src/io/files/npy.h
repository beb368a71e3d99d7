#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/shape.h"

namespace ganymede::io {

/// Writes `values` for numpy.load(): format 1.0, little-endian 32-bit floats in C order, as write_file()
/// does.
void write_npy(const std::filesystem::path& path, std::span<const float> values, const base::Shape& shape);

/// The same for unsigned bytes.
void write_npy(const std::filesystem::path& path, std::span<const std::uint8_t> values,
               const base::Shape& shape);

/// The same for 16-bit unsigned integers.
void write_npy(const std::filesystem::path& path, std::span<const std::uint16_t> values,
               const base::Shape& shape);

/// An array that numpy.save() wrote.
struct NpyArray {
  base::Shape shape;          ///< one to five sizes
  bool bytes = false;         ///< of unsigned bytes, else of 32-bit floats
  std::vector<float> values;  ///< in C order
};

/// Reads little-endian 32-bit floats or unsigned bytes in C order with one to five axes, in format 1.0
/// or 2.0. Throws Error(file), which begins with `where`, for anything else, and if the sizes do not account
/// for every byte.
NpyArray parse_npy(std::span<const std::byte> file, const std::string& where);

/// Reads a file of at most 4 GiB as parse_npy() does.
NpyArray read_npy(const std::filesystem::path& path);

}  // namespace ganymede::io
