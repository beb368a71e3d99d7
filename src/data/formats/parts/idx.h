#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ganymede::data {

/// An array of bytes as the IDX format of the MNIST distribution stores it.
struct IdxArray {
  std::vector<std::int64_t> shape;   ///< [count], [count, height, width] or with an axis of channels
  std::vector<std::uint8_t> values;  ///< row-major
};

/// Parses an IDX file of unsigned bytes with one axis (magic 0x00000801), three (0x00000803) or four
/// (0x00000804): the magic number and the sizes are big-endian words, and the values follow. Takes over the
/// memory of `bytes`. Throws Error(data), which begins with `where`, for any other magic number, sizes of
/// zero, and sizes that do not account for every byte.
IdxArray parse_idx(std::vector<std::uint8_t> bytes, const std::string& where);

}  // namespace ganymede::data
