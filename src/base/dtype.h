#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace ganymede::base {

/// The upper half of an IEEE-754 binary32, rounded to nearest even; a storage type: arithmetic is done in
/// float.
struct bf16 {
  std::uint16_t bits = 0;  ///< sign, 8 bits of exponent, 7 bits of significand

  bf16() = default;
  explicit bf16(float value) : bits(rounded(value)) {}  ///< Rounds `value` to nearest even.
  /// The same number as a float.
  explicit operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

 private:
  static std::uint16_t rounded(float value) {
    const auto word = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t nearest_even = word + 0x7FFFU + ((word >> 16) & 1U);
    // A NaN would round into infinity: keep its sign and exponent and set the quiet bit.
    return static_cast<std::uint16_t>((value == value ? nearest_even : word | 0x400000U) >> 16);
  }
};
static_assert(sizeof(bf16) == 2);

/// The type of a tensor's elements in memory.
enum class DType { f32, bf16 };

/// The size of an element in bytes.
constexpr std::size_t size_of(DType type) {
  return type == DType::f32 ? sizeof(float) : sizeof(bf16);
}

/// Calls `function` with a value of the C++ type that `type` names: the one switch from run time to compile
/// time.
template <class Function>
decltype(auto) dispatch(DType type, Function&& function) {
  return type == DType::f32 ? function(float{}) : function(bf16{});
}

}  // namespace ganymede::base
