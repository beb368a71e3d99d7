#include "io/files/crc32c.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace ganymede::io {
namespace {

TEST(Crc32c, HasTheValuesOfTheStandard) {
  // RFC 3720, B.4, and the check value of the catalogue of CRC algorithms.
  std::array<std::byte, 32> bytes{};
  EXPECT_EQ(crc32c(bytes), 0x8A9136AAU);
  bytes.fill(std::byte{0xFF});
  EXPECT_EQ(crc32c(bytes), 0x62A8AB43U);
  EXPECT_EQ(crc32c(std::as_bytes(std::span(std::string_view("123456789")))), 0xE3069283U);
  EXPECT_EQ(crc32c({}), 0U);
}

}  // namespace
}  // namespace ganymede::io
