#include "ops/elementwise/elementwise.h"

#include <gtest/gtest.h>

#include "reference/expect.h"
#include "reference/values.h"

namespace ganymede::ops {
namespace {

using base::DType;
using reference::Bounded;
using reference::Guarded;
using reference::Values;

constexpr double mean_error = 1.5;  // in roundings; 0.4 is reached
constexpr std::size_t rows = 7;
constexpr std::size_t width = 4099;  // several threads, and an odd rest

/// `combine(factor of the row, src, dst)` of every element, stored as `type`.
template <class Combine>
Values expected(DType type, const Guarded& src, const Guarded& dst, std::span<const float> factors,
                const Combine& combine) {
  const Values a = reference::exact(src.values());
  Values result = reference::exact(dst.values());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = reference::stored(combine(Bounded{factors[i / width], 0.0}, a[i], result[i]), type);
  }
  return result;
}

class Elementwise : public testing::TestWithParam<DType> {
 protected:
  const std::vector<float> factors_ = reference::random_values(1, rows);
  const Guarded src_{GetParam(), reference::random_values(2, rows* width)};
  Guarded dst_{GetParam(), reference::random_values(3, rows* width)};

  template <class T>
  std::span<const T> src() const {
    return {static_cast<const T*>(src_.data()), rows * width};
  }
};

INSTANTIATE_TEST_SUITE_P(BothTypes, Elementwise, testing::Values(DType::f32, DType::bf16));

TEST_P(Elementwise, AddsTensors) {
  const Values sum =
      expected(GetParam(), src_, dst_, factors_, [](Bounded, Bounded src, Bounded dst) { return dst + src; });
  dispatch(GetParam(), [&]<class T>(T) { add<T>(src<T>(), dst_.as<T>()); });
  expect_within(dst_, sum, mean_error);
}

TEST_P(Elementwise, AddsRowsTimesTheirFactor) {
  const Values sum = expected(GetParam(), src_, dst_, factors_,
                              [](Bounded factor, Bounded src, Bounded dst) { return dst + factor * src; });
  dispatch(GetParam(), [&]<class T>(T) { add_scaled_rows<T>(factors_, src<T>(), dst_.as<T>()); });
  expect_within(dst_, sum, mean_error);
}

TEST_P(Elementwise, ScalesRows) {
  const Values product = expected(GetParam(), src_, dst_, factors_,
                                  [](Bounded factor, Bounded, Bounded dst) { return factor * dst; });
  dispatch(GetParam(), [&]<class T>(T) { scale_rows<T>(factors_, dst_.as<T>()); });
  expect_within(dst_, product, mean_error);
}

TEST(MoveTowards, GoesAShareOfTheWay) {
  std::vector<float> dst = {0.0F, 8.0F};
  move_towards(0.25F, std::vector<float>{4.0F, 0.0F}, dst);
  EXPECT_EQ(dst, (std::vector<float>{1.0F, 6.0F}));
}

TEST(Clamp, BringsValuesWithinTheLimit) {
  std::vector<float> data = {-3.0F, -0.5F, 0.0F, 0.5F, 3.0F};
  clamp(0.5F, data);
  EXPECT_EQ(data, (std::vector<float>{-0.5F, -0.5F, 0.0F, 0.5F, 0.5F}));
}

}  // namespace
}  // namespace ganymede::ops
