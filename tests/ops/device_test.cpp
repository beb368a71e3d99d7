#include "ops/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ganymede::ops {
namespace {

TEST(Device, NamesTheLibraryAndItsInstructions) {
  const Capabilities here = capabilities();
  EXPECT_THAT(here.library_version, testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(here.instruction_set, testing::MatchesRegex("(SSE|AVX)[A-Z0-9_]+"));
  EXPECT_EQ(here.bf16, here.instruction_set.starts_with("AVX512_CORE")) << here.instruction_set;
  EXPECT_TRUE(!here.native_bf16 || here.bf16);
  EXPECT_TRUE(!here.native_bf16 || here.instruction_set.starts_with("AVX512_CORE_")) << here.instruction_set;
}

}  // namespace
}  // namespace ganymede::ops
