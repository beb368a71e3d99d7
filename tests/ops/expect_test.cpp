/// Tests that the comparison with naive references can fail.
#include "reference/expect.h"

#include <gtest/gtest-spi.h>

#include <limits>

namespace ganymede::reference {
namespace {

const Values wide = {{1.0, 2.0}, {-1.0, 2.0}};

TEST(ExpectWithin, TakesValuesWithinTheirBoundsAndTheMeanError) {
  expect_within(std::vector<float>{1.0F, -0.99F}, wide, 0.01);
  SUCCEED();
}

TEST(ExpectWithin, RefusesZerosHoweverWideTheBoundsAre) {
  const std::vector<float> zeros = {0.0F, 0.0F};
  EXPECT_NONFATAL_FAILURE(expect_within(zeros, wide, 0.5), "mean_error");
}

TEST(ExpectWithin, RefusesAnElementBeyondItsBound) {
  const std::vector<float> values = {1.0F, -1.0F};
  EXPECT_NONFATAL_FAILURE(expect_within(values, {{1.0, 0.0}, {-1.001, 1e-4}}, 0.1), "element 1 is -1");
}

TEST(ExpectWithin, RefusesNaN) {
  const std::vector<float> values = {std::numeric_limits<float>::quiet_NaN(), -1.0F};
  testing::TestPartResultArray failures;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
    expect_within(values, wide, 1.0);
  }
  EXPECT_EQ(failures.size(), 2);
}

}  // namespace
}  // namespace ganymede::reference
