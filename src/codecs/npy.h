#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"

namespace ganymede::codecs {

/// What the values of an array are.
enum class NpyKind {
  boolean,           ///< a byte each, zero is false
  unsigned_integer,  ///< of 8 to 64 bits
  integer,           ///< of 8 to 64 bits
  floating,          ///< of 32 or 64 bits
  text               ///< of 32 bits a letter
};

/// An array that numpy.save() wrote, as it lies in the file's bytes.
struct NpyView {
  base::Shape shape;                         ///< of no axis for a scalar
  NpyKind kind = NpyKind::unsigned_integer;  ///< what the values are
  std::size_t value_bytes = 1;               ///< 1, 2, 4 or 8; of text 4 a letter
  std::string type;                          ///< as numpy writes it: "<f4"
  std::span<const std::byte> values;         ///< in C order, little-endian

  /// The number of values.
  std::size_t count() const { return static_cast<std::size_t>(shape.elements()); }
  /// The n-th value of an array of numbers.
  double number(std::size_t n) const;
  /// The n-th value of an array of text, in UTF-8.
  std::string text(std::size_t n) const;
};

/// Reads the formats 1.0 and 2.0 of little-endian integers of at most 64 bits, floats of 16 to 64, booleans
/// and text in C order, with at most five axes; an object that would have to be unpickled is refused. The
/// view is of `file`. Throws Error(file), which begins with `where`, for anything else, and if the sizes do
/// not account for every byte.
NpyView parse_npy(std::span<const std::byte> file, const std::string& where);

/// A file in format 1.0 of values in C order; `type` is numpy's name of theirs.
std::vector<std::byte> encode_npy(std::string_view type, std::span<const std::byte> values,
                                  const base::Shape& shape);
/// The same of [texts.size()] texts in UTF-8, of which there is one.
std::vector<std::byte> encode_npy_text(std::span<const std::string> texts);

}  // namespace ganymede::codecs
