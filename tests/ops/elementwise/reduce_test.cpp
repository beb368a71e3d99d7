#include "ops/elementwise/reduce.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/threads/team.h"
#include "reference/expect.h"
#include "reference/operations.h"
#include "reference/values.h"

namespace ganymede::ops {
namespace {

using base::DType;
using reference::Guarded;

struct Sizes {
  std::int64_t rows, columns;
};

/// Narrow matrices are folded into wider ones, up to 64 columns: even and odd numbers of rows on both sides.
constexpr Sizes sizes[] = {{1, 1},  {64, 1}, {65, 1},   {96, 1}, {8, 3},    {30, 5},  {4, 32},
                           {3, 32}, {5, 33}, {100, 64}, {7, 65}, {17, 200}, {784, 1}, {1, 100}};

TEST(ColumnSum, MatchesTheNaiveSum) {
  for (const auto& size : sizes) {
    // Copies, since clang 14 lets no lambda see a structured binding.
    const auto rows = size.rows;
    const auto columns = size.columns;
    for (const DType type : {DType::f32, DType::bf16}) {
      SCOPED_TRACE(std::to_string(rows) + "x" + std::to_string(columns));
      const Guarded src(type, reference::random_values(1, rows * columns));
      Guarded dst(DType::f32, static_cast<std::size_t>(columns));
      dispatch(type, [&]<class T>(T) {
        column_sum<T>({static_cast<const T*>(src.data()), static_cast<std::size_t>(rows * columns)},
                      dst.as<float>());
      });
      constexpr double mean_error = 10;  // in roundings; 2.6 is reached
      expect_within(dst,
                    reference::column_sum(reference::exact(src.values()), static_cast<std::size_t>(columns)),
                    mean_error);
    }
  }
}

TEST(ColumnSum, DoesNotDependOnTheNumberOfThreads) {
  const std::vector<float> src = reference::random_values(2, 33 * 300);
  const auto sums = [&](int threads) {
    const base::Team team(threads);
    std::vector<float> dst(300);
    column_sum<float>(src, dst);
    return dst;
  };
  EXPECT_EQ(sums(1), sums(2));
  EXPECT_EQ(sums(1), sums(3));
}

TEST(Norm, MatchesTheNaiveSumAtEveryLength) {
  for (const std::size_t count : {0U, 1U, 15U, 16U, 17U, 1000U}) {
    const std::vector<float> values = reference::random_values(3, count);
    double sum = 0.0;
    for (const float value : values) {
      sum += static_cast<double>(value) * static_cast<double>(value);
    }
    EXPECT_NEAR(norm(values), std::sqrt(sum), 1e-12 * std::sqrt(sum)) << count;
  }
}

}  // namespace
}  // namespace ganymede::ops
