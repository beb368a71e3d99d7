#include "io/files/crc32c.h"

#include <array>

namespace ganymede::io {

namespace {

constexpr std::uint32_t polynomial = 0x82F63B78;  // 0x1EDC6F41 with its bits reversed

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1) ^ ((remainder & 1U) != 0 ? polynomial : 0);
    }
    table[byte] = remainder;
  }
  return table;
}

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes) {
  static constexpr auto table = make_table();
  std::uint32_t remainder = ~std::uint32_t{0};
  for (const std::byte byte : bytes) {
    remainder = (remainder >> 8) ^ table[(remainder ^ static_cast<std::uint32_t>(byte)) & 0xFFU];
  }
  return ~remainder;
}

}  // namespace ganymede::io
