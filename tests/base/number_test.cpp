#include "base/number.h"

#include <gtest/gtest.h>

namespace ganymede::base {
namespace {

TEST(ToNumber, ReadsWholeTexts) {
  EXPECT_EQ(to_number<std::int64_t>("-12"), -12);
  EXPECT_EQ(to_number<double>("2.5e3"), 2500.0);
  for (const char* text : {"", "x", "12x", " 12", "1.5", "+1"}) {
    EXPECT_EQ(to_number<std::int64_t>(text), std::nullopt) << text;
  }
}

TEST(ToNumber, KnowsTheTypesLimits) {
  EXPECT_EQ(to_number<std::int8_t>("127"), 127);
  EXPECT_EQ(to_number<std::int8_t>("128"), std::nullopt);
  EXPECT_EQ(to_number<std::size_t>("-1"), std::nullopt);
}

TEST(Apportioned, AddsUpAndGivesTheLargestRemaindersMore) {
  const std::vector<std::int64_t> counts = {5, 3, 2, 0};
  EXPECT_EQ(apportioned(counts, 10), (std::vector<std::int64_t>{5, 3, 2, 0}));
  EXPECT_EQ(apportioned(counts, 4), (std::vector<std::int64_t>{2, 1, 1, 0}));  // of 2.0, 1.2, 0.8 and 0
  EXPECT_EQ(apportioned(counts, 1), (std::vector<std::int64_t>{1, 0, 0, 0}));
  EXPECT_EQ(apportioned(counts, 0), (std::vector<std::int64_t>{0, 0, 0, 0}));
}

}  // namespace
}  // namespace ganymede::base
