#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "bounded.h"
#include "guarded.h"

namespace ganymede::reference {

/// Fails where an element is not within its bound; NaN never is.
inline void expect_each_within(std::span<const float> actual, const Values& expected) {
  std::size_t outside = 0;
  std::size_t worst = 0;
  double worst_ratio = 1.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double distance = std::abs(actual[i] - expected[i].value);
    if (distance <= expected[i].error) {
      continue;
    }
    ++outside;
    const double ratio = distance / expected[i].error;
    if (!(ratio <= worst_ratio)) {
      worst = i;
      worst_ratio = ratio;
    }
  }
  EXPECT_EQ(outside, 0U) << "of " << actual.size() << " elements; element " << worst << " is "
                         << actual[worst] << " and not " << expected[worst].value << " within "
                         << expected[worst].error;
}

/// Fails where an element is not within its bound, and where the mean error exceeds `mean_error` times the
/// mean magnitude. The second is far stricter: a bound is the worst case of all roundings, a mean error is
/// measured. Values that cancel have the errors of their terms, so that a mean magnitude counts as 0.1 at
/// least.
inline void expect_within(std::span<const float> actual, const Values& expected, double mean_error) {
  constexpr double smallest_scale = 0.1;
  ASSERT_EQ(actual.size(), expected.size());
  ASSERT_FALSE(actual.empty());
  expect_each_within(actual, expected);
  double magnitude = 0.0;
  double error = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    magnitude += std::abs(expected[i].value);
    error += std::abs(actual[i] - expected[i].value);
  }
  const auto count = static_cast<double>(actual.size());
  EXPECT_LE(error / count, mean_error * std::max(magnitude / count, smallest_scale));
}

/// The same for a mean error of `roundings` roundings to f32, and of the one to bf16 that stores a bf16
/// result.
inline void expect_within(const Guarded& actual, const Values& expected, double roundings) {
  const double stored = actual.type() == base::DType::f32 ? 0.0 : unit_roundoff(actual.type());
  expect_within(actual.values(), expected, roundings * unit_roundoff(base::DType::f32) + stored);
  EXPECT_TRUE(actual.intact()) << "memory outside the tensor changed";
}

}  // namespace ganymede::reference
