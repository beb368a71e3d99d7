#include "ops/matmul.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "base/memory_limit.h"
#include "reference/cases.h"
#include "reference/expect.h"
#include "reference/operations.h"
#include "reference/values.h"

namespace ganymede::ops {
namespace {

using base::DType;
using reference::exact;
using reference::Guarded;

/// Runs one case on random operands, which are exactly what their type holds, and compares every element.
void check(const Device& device, const MatmulCase& c) {
  const Guarded src(c.src, reference::random_values(1, c.rows * c.inner));
  const Guarded weights(c.weights, reference::random_values(2, c.inner * c.columns));
  const std::vector<float> bias = reference::random_values(3, c.epilogue.bias ? c.columns : 0);
  Guarded dst(c.dst, static_cast<std::size_t>(c.rows * c.columns));
  if (c.accumulate) {
    dst = Guarded(c.dst, reference::random_values(4, c.rows * c.columns));
  }
  const auto expected =
      reference::matmul(c, exact(src.values()), exact(weights.values()), exact(bias), exact(dst.values()));
  Matmul(device, c).run(src.data(), weights.data(), c.epilogue.bias ? bias.data() : nullptr, dst.data());
  constexpr double mean_error = 40;  // in roundings of long sums; 10.1 is reached
  expect_within(dst, reference::stored(expected, c.dst), mean_error);
}

/// Ends the process with 0 if a product is refused as memory is short.
[[noreturn]] void multiply_without_memory() {
  const Device device;
  test::allow_more_memory(std::size_t{1} << 20);
  try {
    const Matmul matmul(device, {.rows = 64, .inner = 256, .columns = 784});
  } catch (const std::bad_alloc&) {
    std::_Exit(0);
  }
  std::_Exit(1);
}

TEST(Matmul, IsRefusedWhereMemoryIsShort) {
  if (test::under_sanitizer) {
    GTEST_SKIP() << "a sanitizer reserves more memory than the limit";
  }
  EXPECT_EXIT(multiply_without_memory(), testing::ExitedWithCode(0), "");
}

TEST(Matmul, MatchesTheNaiveSumForEveryCase) {
  const Device device;
  for (const auto& [name, matmul] : reference::matmul_cases()) {
    SCOPED_TRACE(name);
    check(device, matmul);
  }
}

TEST(Matmul, MatchesTheNaiveSumInBf16WithBothTypesOfResult) {
  if (!capabilities().bf16) {
    GTEST_SKIP() << "no kernels for bf16 here";
  }
  const Device device;
  for (const auto& [name, matmul] : reference::matmul_cases()) {
    MatmulCase c = matmul;
    c.src = DType::bf16;
    c.weights = DType::bf16;
    SCOPED_TRACE(name);
    check(device, c);
    if (!c.accumulate) {
      c.dst = DType::bf16;
      SCOPED_TRACE("stored as bf16");
      check(device, c);
    }
  }
}

TEST(Matmul, RunsAgainWithOtherMemory) {
  const Device device;
  const Matmul matmul(device, {.rows = 1, .inner = 2, .columns = 1});
  const std::vector<float> first = {1.0F, 2.0F};
  const std::vector<float> second = {3.0F, 5.0F};
  float dst = 0.0F;
  matmul.run(first.data(), second.data(), nullptr, &dst);
  EXPECT_EQ(dst, 13.0F);
  matmul.run(second.data(), second.data(), nullptr, &dst);
  EXPECT_EQ(dst, 34.0F);
}

}  // namespace
}  // namespace ganymede::ops
