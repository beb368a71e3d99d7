#include "base/buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace ganymede::base {
namespace {

TEST(Buffer, BeginsAtACacheLineWhateverItsSize) {
  for (std::size_t bytes = 1; bytes < 200; bytes += 7) {
    const Buffer buffer(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % Buffer::alignment, 0U) << bytes;
    EXPECT_EQ(buffer.size(), bytes);
  }
}

TEST(Buffer, IsZeroed) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    Buffer buffer(4096);
    EXPECT_TRUE(std::ranges::all_of(buffer.as<std::uint8_t>(), [](std::uint8_t byte) { return byte == 0; }));
    std::ranges::fill(buffer.as<std::uint8_t>(), std::uint8_t{255});
  }
}

TEST(Buffer, IsSeenAsWholeElements) {
  Buffer buffer(11);
  EXPECT_EQ(buffer.as<float>().size(), 2U);
  EXPECT_EQ(std::as_const(buffer).as<std::uint16_t>().size(), 5U);
}

TEST(Buffer, OfNoBytesOwnsNothing) {
  EXPECT_EQ(Buffer().data(), nullptr);
  EXPECT_EQ(Buffer(0).data(), nullptr);
  EXPECT_TRUE(Buffer(0).as<float>().empty());
}

TEST(Buffer, MovesItsMemory) {
  Buffer from(64);
  const std::byte* memory = from.data();
  const Buffer to = std::move(from);
  EXPECT_EQ(to.data(), memory);
  EXPECT_EQ(to.size(), 64U);
}

TEST(Buffer, SizesRoundUpToCacheLines) {
  EXPECT_EQ(aligned_size(0), 0U);
  EXPECT_EQ(aligned_size(1), 64U);
  EXPECT_EQ(aligned_size(64), 64U);
  EXPECT_EQ(aligned_size(65), 128U);
}

}  // namespace
}  // namespace ganymede::base
