#include "ops/elementwise/join.h"

#include <gtest/gtest.h>

#include "base/dtype.h"
#include "reference/guarded.h"

namespace ganymede::ops {
namespace {

using base::DType;
using reference::Guarded;

constexpr DType both_types[] = {DType::f32, DType::bf16};

template <class T>
std::span<const T> read(const Guarded& tensor, std::size_t size) {
  return {static_cast<const T*>(tensor.data()), size};
}

TEST(JoinLabel, PutsAOneHotVectorBehindEachRow) {
  const std::vector<std::int32_t> labels = {2, 0};
  for (const DType type : both_types) {
    const Guarded src(type, std::vector<float>{1, 2, 3, 4});
    Guarded dst(type, 10);
    dispatch(type, [&]<class T>(T) { join_label<T>(read<T>(src, 4), labels, 3, dst.as<T>()); });
    EXPECT_EQ(dst.values(), (std::vector<float>{1, 2, 0, 0, 1, 3, 4, 1, 0, 0}));
    EXPECT_TRUE(dst.intact());
  }
}

TEST(JoinLabel, GivesEveryPixelTheLabelOfItsImage) {
  const std::vector<std::int32_t> labels = {1, 0};
  const std::vector<float> src = {1, 2, 3, 4};  // two images of two pixels of one channel
  std::vector<float> dst(12);
  join_label<float>(src, labels, 2, dst);
  EXPECT_EQ(dst, (std::vector<float>{1, 0, 1, 2, 0, 1, 3, 1, 0, 4, 1, 0}));
}

TEST(JoinLabel, PutsZerosBehindATangent) {
  for (const DType type : both_types) {
    const Guarded src(type, std::vector<float>{1, 2, 3, 4});
    Guarded dst(type, 10);
    dispatch(type, [&]<class T>(T) { join_zeros<T>(read<T>(src, 4), 2, 3, dst.as<T>()); });
    EXPECT_EQ(dst.values(), (std::vector<float>{1, 2, 0, 0, 0, 3, 4, 0, 0, 0}));
    EXPECT_TRUE(dst.intact());
  }
}

TEST(JoinLabel, SplitsTheGradientOfTheFeaturesOff) {
  for (const DType type : both_types) {
    const Guarded diff_dst(type, std::vector<float>{1, 2, 7, 8, 9, 3, 4, 7, 8, 9});
    Guarded diff_src(type, 4);
    dispatch(type, [&]<class T>(T) { split_label<T>(read<T>(diff_dst, 10), 2, 3, diff_src.as<T>()); });
    EXPECT_EQ(diff_src.values(), (std::vector<float>{1, 2, 3, 4}));
    EXPECT_TRUE(diff_src.intact());
  }
}

}  // namespace
}  // namespace ganymede::ops
