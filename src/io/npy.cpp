#include "io/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <cassert>
#include <cstddef>
#include <string>
#include <vector>

#include "io/file.h"

namespace ganymede::io {

void write_npy(const std::filesystem::path& path, std::span<const float> values, const base::Shape& shape) {
  static_assert(std::endian::native == std::endian::little);
  assert(values.size() == static_cast<std::size_t>(shape.elements()));
  constexpr std::size_t prefix_size = 10;  // magic, version, length of the header
  constexpr std::size_t alignment = 64;    // of the data, so that it can be mapped
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}{}), }}",
                                   fmt::join(shape.sizes(), ", "), shape.rank() == 1 ? "," : "");
  header.append(alignment - 1 - (prefix_size + header.size()) % alignment, ' ');
  header += '\n';

  std::string file = "\x93NUMPY";
  file += {'\x01', '\x00', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
  file += header;
  file.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  write_file(path, file);
}

}  // namespace ganymede::io
