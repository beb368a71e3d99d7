#pragma once

#include <gtest/gtest.h>

#include <span>

#include "bounded.h"
#include "guarded.h"

namespace ganymede::reference {

/// Fails where an element is not within its bound; NaN never is.
inline void expect_within_any(std::span<const float> actual, const Values& expected) {
  ASSERT_EQ(actual.size(), expected.size());
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

/// The same; fails also where the bounds are so wide that zeros would pass, since such a comparison could not
/// fail. Where the values vanish the bounds have to.
inline void expect_within(std::span<const float> actual, const Values& expected) {
  constexpr double vanishing = 1e-3;
  expect_within_any(actual, expected);
  double magnitude = 0.0;
  double width = 0.0;
  for (const Bounded& x : expected) {
    magnitude += std::abs(x.value);
    width += x.error;
  }
  EXPECT_LE(width, std::max(0.5 * magnitude, vanishing * static_cast<double>(expected.size())));
}

inline void expect_within(const Guarded& actual, const Values& expected) {
  expect_within(actual.values(), expected);
  EXPECT_TRUE(actual.intact()) << "memory outside the tensor changed";
}

}  // namespace ganymede::reference
