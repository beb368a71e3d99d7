#include "ops/elementwise/select.h"

#include <gtest/gtest.h>

#include "base/dtype.h"
#include "reference/guarded.h"

namespace ganymede::ops {
namespace {

using base::DType;
using reference::Guarded;

constexpr DType both_types[] = {DType::f32, DType::bf16};
const std::vector<std::int32_t> labels = {2, 0};

TEST(Select, TakesTheElementOfEachRowThatItsLabelNames) {
  for (const DType type : both_types) {
    const Guarded src(type, std::vector<float>{1, 2, 3, 4, 5, 6});
    Guarded dst(type, 2);
    dispatch(type, [&]<class T>(T) {
      select<T>(std::span(static_cast<const T*>(src.data()), 6), labels, dst.as<T>());
    });
    EXPECT_EQ(dst.values(), (std::vector<float>{3, 4}));
    EXPECT_TRUE(dst.intact());
  }
}

TEST(Select, GivesTheGradientToThatElementAlone) {
  for (const DType type : both_types) {
    const Guarded diff_dst(type, std::vector<float>{7, 8});
    Guarded diff_src(type, std::vector<float>{9, 9, 9, 9, 9, 9});
    dispatch(type, [&]<class T>(T) {
      select_backward<T>(std::span(static_cast<const T*>(diff_dst.data()), 2), labels, diff_src.as<T>());
    });
    EXPECT_EQ(diff_src.values(), (std::vector<float>{0, 0, 7, 8, 0, 0}));
    EXPECT_TRUE(diff_src.intact());
  }
}

}  // namespace
}  // namespace ganymede::ops
