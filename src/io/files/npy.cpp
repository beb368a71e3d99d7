#include "io/files/npy.h"

#include <fmt/format.h>

#include <cassert>

#include "base/error.h"
#include "codecs/npy.h"
#include "io/files/file.h"

namespace ganymede::io {

void write_npy(const std::filesystem::path& path, std::span<const float> values, const base::Shape& shape) {
  assert(values.size() == static_cast<std::size_t>(shape.elements()));
  write_file(path, codecs::encode_npy("<f4", std::as_bytes(values), shape));
}

void write_npy(const std::filesystem::path& path, std::span<const std::uint8_t> values,
               const base::Shape& shape) {
  assert(values.size() == static_cast<std::size_t>(shape.elements()));
  write_file(path, codecs::encode_npy("|u1", std::as_bytes(values), shape));
}

void write_npy(const std::filesystem::path& path, std::span<const std::uint16_t> values,
               const base::Shape& shape) {
  assert(values.size() == static_cast<std::size_t>(shape.elements()));
  write_file(path, codecs::encode_npy("<u2", std::as_bytes(values), shape));
}

NpyArray parse_npy(std::span<const std::byte> file, const std::string& where) {
  const codecs::NpyView view = codecs::parse_npy(file, where);
  const bool bytes = view.type == "|u1";
  if (!bytes && view.type != "<f4") {
    throw base::Error(base::ErrorKind::file,
                      {.where = where,
                       .found = fmt::format("values of type '{}'", view.type),
                       .expected = "'<f4' or '|u1'",
                       .advice = "Write the array with numpy.save() as float32 or uint8, in C order"});
  }
  NpyArray array{.shape = view.shape, .bytes = bytes, .values = std::vector<float>(view.count())};
  for (std::size_t n = 0; n < array.values.size(); ++n) {
    array.values[n] = static_cast<float>(view.number(n));
  }
  return array;
}

NpyArray read_npy(const std::filesystem::path& path) {
  constexpr std::size_t largest_file = std::size_t{1} << 32;
  return parse_npy(read_file(path, largest_file), path.string());
}

}  // namespace ganymede::io
