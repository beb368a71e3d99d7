#include <gtest/gtest.h>

#include "cli/signals.h"

namespace ganymede::cli {
namespace {

TEST(StopOnSignal, EndsAsCtrlCDoesWhenAStopIsRequested) {
  const StopOnSignal signals;
  EXPECT_EQ(signals.exit_status(), 0);
  signals.request_stop();
  EXPECT_TRUE(signals.token().stop_requested());
  EXPECT_EQ(signals.exit_status(), 130);
}

}  // namespace
}  // namespace ganymede::cli
