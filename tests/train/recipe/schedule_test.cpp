#include "train/recipe/schedule.h"

#include <gtest/gtest.h>

namespace ganymede::train {
namespace {

TEST(Schedule, GoesToItsLastFactorByACosineAndStaysThere) {
  const ScheduleSettings schedule{.images = 1000};
  EXPECT_DOUBLE_EQ(factor_at(schedule, 0.2, 0), 1.0);
  EXPECT_NEAR(factor_at(schedule, 0.2, 250), 0.2 + 0.8 * 0.8535533905932737, 1e-12);
  EXPECT_NEAR(factor_at(schedule, 0.2, 500), 0.6, 1e-12);
  EXPECT_DOUBLE_EQ(factor_at(schedule, 0.2, 1000), 0.2);
  EXPECT_DOUBLE_EQ(factor_at(schedule, 0.2, 5000), 0.2);
  EXPECT_NEAR(factor_at(schedule, 3.0, 500), 2.0, 1e-12);
}

TEST(Schedule, ChangesNothingWithoutImages) {
  EXPECT_EQ(factor_at({}, 0.2, 1'000'000), 1.0);
}

TEST(Schedule, OfTheWholeRunIsAsLongAsTheRun) {
  EXPECT_EQ(over_run({.whole_run = true}, 640).images, 640);
  EXPECT_EQ(over_run({.images = 100}, 640).images, 100);
}

}  // namespace
}  // namespace ganymede::train
