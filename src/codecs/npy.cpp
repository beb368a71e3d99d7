#include "codecs/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/number.h"
#include "base/refusal.h"

namespace ganymede::codecs {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t bytes_a_letter = 4;

constexpr base::Refusal refuse{base::ErrorKind::file,
                               "Write the array with numpy.save() as float32 or uint8, in C order"};

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

/// The type between its quotes: "<f4".
std::string_view type_in(std::string_view description, const std::string& where) {
  const std::size_t end = description.find('\'', 1);
  if (!description.starts_with('\'') || end == std::string_view::npos) {
    refuse(where, "values of several types", "numbers of one type");
  }
  return description.substr(1, end - 1);
}

void set_type(std::string_view type, const std::string& where, NpyView& view) {
  constexpr std::string_view letters = "buifU";
  constexpr std::size_t longest_text = 4096;
  const std::size_t kind = type.size() < 3 ? std::string_view::npos : letters.find(type[1]);
  std::size_t size = 0;
  if (kind != std::string_view::npos) {
    size = base::to_number<std::size_t>(type.substr(2)).value_or(0);
  }
  if (size == 0 || type[0] == '>') {
    refuse(where, fmt::format("values of type '{}'", type),
           "little-endian integers, floats of 16 to 64 bits, booleans or text");
  }
  view.kind = static_cast<NpyKind>(kind);
  view.value_bytes = view.kind == NpyKind::text ? bytes_a_letter * size : size;
  view.type = type;
  const bool fits = view.kind == NpyKind::text       ? size <= longest_text
                    : view.kind == NpyKind::floating ? size == 2 || size == 4 || size == 8
                    : view.kind == NpyKind::boolean  ? size == 1
                                                     : size <= 8 && std::has_single_bit(size);
  if (!fits || (type[0] == '|') != (view.value_bytes == 1)) {
    refuse(where, fmt::format("values of type '{}'", type),
           "little-endian integers, floats of 16 to 64 bits, booleans or text");
  }
}

template <class Value>
double number_at(const std::byte* place) {
  Value value;
  std::memcpy(&value, place, sizeof(value));
  return static_cast<double>(value);
}

/// An IEEE 754 binary16.
double half_at(const std::byte* place) {
  constexpr int mantissa_bits = 10;
  constexpr int exponent_of_no_number = 31;
  constexpr int bias = 15;
  std::uint16_t bits = 0;
  std::memcpy(&bits, place, sizeof(bits));
  const int exponent = bits >> mantissa_bits & exponent_of_no_number;
  const int fraction = bits & ((1 << mantissa_bits) - 1);
  const int one = 1 << mantissa_bits;
  const double size = exponent == 0 ? std::ldexp(fraction, 1 - bias - mantissa_bits)
                      : exponent != exponent_of_no_number
                          ? std::ldexp(one + fraction, exponent - bias - mantissa_bits)
                      : fraction == 0 ? std::numeric_limits<double>::infinity()
                                      : std::numeric_limits<double>::quiet_NaN();
  return bits >> 15 != 0 ? -size : size;
}

void append_utf8(std::uint32_t letter, std::string& text) {
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (letter < 0x80) {
    add(letter);
  } else if (letter < 0x800) {
    add(0xC0 | letter >> 6);
    add(0x80 | (letter & 0x3F));
  } else if (letter < 0x10000) {
    add(0xE0 | letter >> 12);
    add(0x80 | (letter >> 6 & 0x3F));
    add(0x80 | (letter & 0x3F));
  } else {
    add(0xF0 | (letter >> 18 & 0x07));
    add(0x80 | (letter >> 12 & 0x3F));
    add(0x80 | (letter >> 6 & 0x3F));
    add(0x80 | (letter & 0x3F));
  }
}

/// The letters of a text in UTF-8; what is none becomes a question mark.
std::vector<std::uint32_t> letters_of(std::string_view text) {
  std::vector<std::uint32_t> letters;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[n]); };
    const std::size_t length = byte(at) < 0x80 ? 1 : byte(at) < 0xE0 ? 2 : byte(at) < 0xF0 ? 3 : 4;
    if (at + length > text.size() || (byte(at) >= 0x80 && byte(at) < 0xC0)) {
      letters.push_back('?');
      ++at;
      continue;
    }
    std::uint32_t letter = length == 1 ? byte(at) : byte(at) & (0x7FU >> length);
    for (std::size_t n = 1; n < length; ++n) {
      letter = letter << 6 | (byte(at + n) & 0x3FU);
    }
    letters.push_back(letter);
    at += length;
  }
  return letters;
}

}  // namespace

double NpyView::number(std::size_t n) const {
  const std::byte* place = values.data() + n * value_bytes;
  switch (kind) {
    case NpyKind::floating:
      return value_bytes == 2   ? half_at(place)
             : value_bytes == 4 ? number_at<float>(place)
                                : number_at<double>(place);
    case NpyKind::integer:
      return value_bytes == 1   ? number_at<std::int8_t>(place)
             : value_bytes == 2 ? number_at<std::int16_t>(place)
             : value_bytes == 4 ? number_at<std::int32_t>(place)
                                : number_at<std::int64_t>(place);
    case NpyKind::boolean:
    case NpyKind::unsigned_integer:
      return value_bytes == 1   ? number_at<std::uint8_t>(place)
             : value_bytes == 2 ? number_at<std::uint16_t>(place)
             : value_bytes == 4 ? number_at<std::uint32_t>(place)
                                : number_at<std::uint64_t>(place);
    case NpyKind::text:
      break;
  }
  assert(false);
  return 0.0;
}

std::string NpyView::text(std::size_t n) const {
  assert(kind == NpyKind::text);
  std::string text;
  for (std::size_t at = 0; at < value_bytes; at += bytes_a_letter) {
    std::uint32_t letter = 0;
    std::memcpy(&letter, values.data() + n * value_bytes + at, sizeof(letter));
    if (letter == 0) {
      break;  // shorter texts are filled up
    }
    append_utf8(letter, text);
  }
  return text;
}

NpyView parse_npy(std::span<const std::byte> file, const std::string& where) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const auto [header, begin] = header_of(text, where);
  NpyView view;
  set_type(type_in(value_of(header, "descr", where), where), where, view);
  if (!value_of(header, "fortran_order", where).starts_with("False")) {
    refuse(where, "an array in Fortran order", "C order");
  }
  view.shape = parse_shape(value_of(header, "shape", where), where);
  const std::size_t expected = view.count() * view.value_bytes;
  if (file.size() - begin != expected) {
    refuse(where, fmt::format("{} bytes of values", file.size() - begin),
           fmt::format("{} for the shape {}", expected, view.shape.to_string()));
  }
  view.values = file.subspan(begin);
  return view;
}

std::vector<std::byte> encode_npy(std::string_view type, std::span<const std::byte> values,
                                  const base::Shape& shape) {
  constexpr std::size_t prefix_size = 10;  // magic, version, length of the header
  constexpr std::size_t alignment = 64;    // of the data, so that it can be mapped
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type,
                                   fmt::join(shape.sizes(), ", "), shape.rank() == 1 ? "," : "");
  header.append(alignment - 1 - (prefix_size + header.size()) % alignment, ' ');
  header += '\n';

  std::string prefix(magic);
  prefix += {'\x01', '\x00', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
  prefix += header;
  std::vector<std::byte> file(prefix.size() + values.size());
  std::memcpy(file.data(), prefix.data(), prefix.size());
  std::ranges::copy(values, file.begin() + static_cast<std::ptrdiff_t>(prefix.size()));
  return file;
}

std::vector<std::byte> encode_npy_text(std::span<const std::string> texts) {
  std::vector<std::vector<std::uint32_t>> all;
  std::size_t longest = 1;
  for (const std::string& text : texts) {
    all.push_back(letters_of(text));
    longest = std::max(longest, all.back().size());
  }
  std::vector<std::uint32_t> values;
  for (std::vector<std::uint32_t>& letters : all) {
    letters.resize(longest);
    values.insert(values.end(), letters.begin(), letters.end());
  }
  return encode_npy(fmt::format("<U{}", longest), std::as_bytes(std::span(values)),
                    {static_cast<std::int64_t>(texts.size())});
}

}  // namespace ganymede::codecs
