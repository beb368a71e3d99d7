#include "data/formats/parts/idx.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <limits>
#include <span>

#include "base/refusal.h"

namespace ganymede::data {

namespace {

constexpr std::uint32_t magic_of_bytes = 0x00000800;  // the lowest byte is the number of axes

std::uint32_t big_endian_word(std::span<const std::uint8_t> bytes, std::size_t index) {
  const auto word = bytes.subspan(4 * index, 4);
  return std::uint32_t{word[0]} << 24 | std::uint32_t{word[1]} << 16 | std::uint32_t{word[2]} << 8 | word[3];
}

constexpr base::Refusal refuse{base::ErrorKind::data, "Fetch the file again"};

/// The number of values, if the sizes are positive and their product fits.
std::uint64_t checked_product(std::span<const std::int64_t> shape, const std::string& where) {
  std::uint64_t product = 1;
  for (const std::int64_t size : shape) {
    if (size == 0 || product > std::numeric_limits<std::int64_t>::max() / static_cast<std::uint64_t>(size)) {
      refuse(where, fmt::format("the sizes [{}]", fmt::join(shape, ", ")),
             "positive sizes of an array of bytes");
    }
    product *= static_cast<std::uint64_t>(size);
  }
  return product;
}

}  // namespace

IdxArray parse_idx(std::vector<std::uint8_t> bytes, const std::string& where) {
  if (bytes.size() < 4) {
    refuse(where, fmt::format("{} bytes", bytes.size()), "an IDX file");
  }
  const std::uint32_t magic = big_endian_word(bytes, 0);
  const std::size_t axes = magic ^ magic_of_bytes;
  if (axes != 1 && axes != 3 && axes != 4) {
    refuse(where, fmt::format("the magic number 0x{:08x}", magic),
           "0x00000801 (IDX labels), or 0x00000803 or 0x00000804 (IDX images)");
  }
  const std::size_t header_size = 4 + 4 * axes;
  if (bytes.size() < header_size) {
    refuse(where, fmt::format("{} bytes", bytes.size()), fmt::format("a header of {} bytes", header_size));
  }
  IdxArray array;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    array.shape.push_back(big_endian_word(bytes, 1 + axis));
  }
  if (bytes.size() - header_size != checked_product(array.shape, where)) {
    refuse(where, fmt::format("{} bytes after the header", bytes.size() - header_size),
           fmt::format("as many as the sizes [{}] ask for", fmt::join(array.shape, ", ")));
  }
  array.values = std::move(bytes);
  array.values.erase(array.values.begin(), array.values.begin() + static_cast<std::ptrdiff_t>(header_size));
  return array;
}

}  // namespace ganymede::data
