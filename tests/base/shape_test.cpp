#include "base/shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"

namespace ganymede::base {
namespace {

using testing::HasSubstr;
using testing::Property;

TEST(Shape, KnowsItsSizes) {
  const Shape shape = {28, 14, 3};
  EXPECT_EQ(shape.rank(), 3U);
  EXPECT_EQ(shape[1], 14);
  EXPECT_EQ(shape.back(), 3);
  EXPECT_EQ(shape.elements(), 28 * 14 * 3);
  EXPECT_EQ(shape.to_string(), "[28, 14, 3]");
}

TEST(Shape, WithoutSizesIsAScalar) {
  EXPECT_EQ(Shape().rank(), 0U);
  EXPECT_EQ(Shape().elements(), 1);
  EXPECT_EQ(Shape().to_string(), "[]");
}

TEST(Shape, TakesALeadingSize) {
  EXPECT_EQ((Shape{28, 28}.with_leading(7)), (Shape{7, 28, 28}));
  EXPECT_EQ(Shape().with_leading(7), (Shape{7}));
}

TEST(Shape, ComparesRankAndSizes) {
  EXPECT_EQ((Shape{2, 3}), (Shape{2, 3}));
  EXPECT_NE((Shape{2, 3}), (Shape{3, 2}));
  EXPECT_NE((Shape{2}), (Shape{2, 1}));
}

TEST(Shape, HoldsFiveSizesAndNoMore) {
  EXPECT_EQ((Shape{1, 2, 3, 4, 5}.elements()), 120);
  EXPECT_THROW((Shape{1, 1, 1, 1, 1, 1}), Error);
  EXPECT_THROW((Shape{1, 1, 1, 1, 1}.with_leading(2)), Error);
}

TEST(Shape, RefusesSizesBelowOneAndSaysWhich) {
  EXPECT_THROW(Shape{0}, Error);
  EXPECT_THROW((Shape{4, -1}), Error);
  EXPECT_THAT(([] {
                Shape{4, 0, 2};
              }),
              testing::Throws<Error>(
                  testing::AllOf(Property(&Error::kind, ErrorKind::configuration),
                                 Property(&Error::what, HasSubstr("found [4, 0, 2], expected positive")))));
}

TEST(Shape, RefusesProductsPastItsLimitWithoutOverflow) {
  constexpr std::int64_t limit = std::int64_t{1} << 40;
  EXPECT_EQ((Shape{1 << 20, 1 << 20}.elements()), limit);
  EXPECT_EQ(Shape{limit}.elements(), limit);
  EXPECT_THROW(Shape{limit + 1}, Error);
  EXPECT_THROW((Shape{1 << 20, (1 << 20) + 1}), Error);
  const std::vector<std::int64_t> overflowing(5, std::int64_t{1} << 62);
  EXPECT_THROW(Shape{std::span<const std::int64_t>(overflowing)}, Error);
}

}  // namespace
}  // namespace ganymede::base
