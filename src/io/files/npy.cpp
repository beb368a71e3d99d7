#include "io/files/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "io/files/file.h"

namespace ganymede::io {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
// As the header's dictionary has them.
constexpr std::string_view float_type = "'<f4'";
constexpr std::string_view byte_type = "'|u1'";

[[noreturn]] void refuse(const std::string& where, std::string found, std::string expected) {
  throw base::Error(base::ErrorKind::file,
                    {.where = where,
                     .found = std::move(found),
                     .expected = std::move(expected),
                     .advice = "Write the array with numpy.save() as float32 or uint8, in C order"});
}

/// What stands behind 'key': in the header's dictionary.
std::string_view value_of(std::string_view header, const std::string& key, const std::string& where) {
  const std::size_t begin = header.find("'" + key + "':");
  if (begin == std::string_view::npos) {
    refuse(where, fmt::format("no \"{}\" in its header", key), "numpy's header");
  }
  const std::string_view rest = header.substr(begin + key.size() + 3);
  return rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
}

base::Shape parse_shape(std::string_view text, const std::string& where) {
  std::vector<std::int64_t> sizes;
  const std::string_view inside = text.substr(0, text.find(')'));
  if (!inside.starts_with('(') || inside.size() == text.size()) {
    refuse(where, "a shape that is no tuple", "for example (100, 28, 28, 1)");
  }
  const char* const end = inside.data() + inside.size();
  for (const char* at = inside.data() + 1; at < end;) {
    if (*at == ' ' || *at == ',') {
      ++at;
      continue;
    }
    std::int64_t size = 0;
    const auto [next, error] = std::from_chars(at, end, size);
    if (error != std::errc() || size < 1 || sizes.size() == base::Shape::max_rank) {
      refuse(where, fmt::format("the shape {})", inside),
             fmt::format("one to {} positive sizes", base::Shape::max_rank));
    }
    sizes.push_back(size);
    at = next;
  }
  try {
    return base::Shape(sizes);
  } catch (const base::Error& error) {
    refuse(where, fmt::format("\"{}\"", error.what()), "a shape that memory can hold");
  }
}

/// The dictionary in front of the values, and where those begin.
std::pair<std::string_view, std::size_t> header_of(std::string_view text, const std::string& where) {
  if (!text.starts_with(magic) || text.size() < magic.size() + 2) {
    refuse(where, "another beginning", "the magic word of numpy's files");
  }
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<std::size_t>(static_cast<unsigned char>(text[at])) : 0;
  };
  const bool second = byte(magic.size()) == 2;
  if (!second && byte(magic.size()) != 1) {
    refuse(where, fmt::format("version {} of the format", byte(magic.size())), "version 1 or 2");
  }
  const std::size_t begin = magic.size() + (second ? 6 : 4);
  const std::size_t length = byte(8) + 256 * byte(9) + (second ? 65536 * (byte(10) + 256 * byte(11)) : 0);
  if (begin > text.size() || length > text.size() - begin) {
    refuse(where, fmt::format("a header of {} bytes in a file of {}", length, text.size()), "a whole header");
  }
  return {text.substr(begin, length), begin + length};
}

/// Writes an array of `type` with the given bytes.
void write_values(const std::filesystem::path& path, std::string_view type, std::span<const std::byte> values,
                  const base::Shape& shape) {
  assert(values.size() ==
         static_cast<std::size_t>(shape.elements()) * (type == float_type ? sizeof(float) : 1));
  constexpr std::size_t prefix_size = 10;  // magic, version, length of the header
  constexpr std::size_t alignment = 64;    // of the data, so that it can be mapped
  std::string header = fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': ({}{}), }}", type,
                                   fmt::join(shape.sizes(), ", "), shape.rank() == 1 ? "," : "");
  header.append(alignment - 1 - (prefix_size + header.size()) % alignment, ' ');
  header += '\n';

  std::string file(magic);
  file += {'\x01', '\x00', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
  file += header;
  file.append(reinterpret_cast<const char*>(values.data()), values.size());
  write_file(path, file);
}

}  // namespace

void write_npy(const std::filesystem::path& path, std::span<const float> values, const base::Shape& shape) {
  static_assert(std::endian::native == std::endian::little);
  write_values(path, float_type, std::as_bytes(values), shape);
}

void write_npy(const std::filesystem::path& path, std::span<const std::uint8_t> values,
               const base::Shape& shape) {
  write_values(path, byte_type, std::as_bytes(values), shape);
}

NpyArray parse_npy(std::span<const std::byte> file, const std::string& where) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const auto [header, begin] = header_of(text, where);
  const std::string_view type = value_of(header, "descr", where);
  NpyArray array{.shape = {}, .bytes = type.starts_with(byte_type), .values = {}};
  if (!array.bytes && !type.starts_with(float_type)) {
    refuse(where, fmt::format("values of type {}", type.substr(0, type.find(','))),
           fmt::format("{} or {}", float_type, byte_type));
  }
  if (!value_of(header, "fortran_order", where).starts_with("False")) {
    refuse(where, "an array in Fortran order", "C order");
  }
  array.shape = parse_shape(value_of(header, "shape", where), where);
  const auto count = static_cast<std::size_t>(array.shape.elements());
  const std::size_t expected = count * (array.bytes ? 1 : sizeof(float));
  if (file.size() - begin != expected) {
    refuse(where, fmt::format("{} bytes of values", file.size() - begin),
           fmt::format("{} for the shape {}", expected, array.shape.to_string()));
  }
  array.values.resize(count);
  if (array.bytes) {
    std::ranges::transform(file.subspan(begin), array.values.begin(),
                           [](std::byte byte) { return static_cast<float>(byte); });
  } else {
    std::memcpy(array.values.data(), file.data() + begin, expected);
  }
  return array;
}

NpyArray read_npy(const std::filesystem::path& path) {
  constexpr std::size_t largest_file = std::size_t{1} << 32;
  return parse_npy(read_file(path, largest_file), path.string());
}

}  // namespace ganymede::io
