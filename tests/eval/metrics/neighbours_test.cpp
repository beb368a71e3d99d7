#include "eval/metrics/neighbours.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/random.h"
#include "eval/golden.h"

namespace ganymede::eval {
namespace {

double mean(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// More points than a tile has, so that the seams between tiles are in it.
struct Cloud {
  static constexpr std::int64_t dimensions = 3;
  std::vector<std::uint8_t> bytes;

  Cloud(std::uint64_t seed, std::size_t count) {
    for (std::size_t n = 0; n < count * dimensions; ++n) {
      bytes.push_back(static_cast<std::uint8_t>(base::random_word({.seed = seed}, n) >> 24));
    }
  }
  std::int64_t count() const { return static_cast<std::int64_t>(bytes.size()) / dimensions; }
  Points points(base::DType dtype = base::DType::f32) const { return {bytes, dimensions, dtype}; }
};

double squared_distance(const Cloud& a, std::int64_t i, const Cloud& b, std::int64_t j) {
  double sum = 0.0;
  for (std::int64_t d = 0; d < Cloud::dimensions; ++d) {
    const double difference = a.bytes[i * Cloud::dimensions + d] - b.bytes[j * Cloud::dimensions + d];
    sum += difference * difference;
  }
  return sum;
}

TEST(Neighbours, AgreeWithPrdc) {
  const ops::Device device;
  for (const GoldenCase& golden : golden_cases()) {
    const Points real(golden.real());
    const Points generated(golden.generated());
    const NeighbourCounts counts;
    const Radii real_radii = neighbour_radii(device, real, counts);
    const Radii generated_radii = neighbour_radii(device, generated, counts);
    const OfGenerated of_generated = judge_generated(device, generated, real, real_radii, counts);
    const OfReal of_real = judge_real(device, real, generated, real_radii, generated_radii);
    const auto expect = [&](const char* key, const std::vector<float>& values) {
      EXPECT_NEAR(mean(values), golden.value(key), relative_tolerance * golden.value(key))
          << golden.name << key;
    };
    expect("precision", of_generated.precise);
    expect("density", of_generated.density);
    expect("recall", of_real.recalled);
    expect("coverage", of_real.covered);
  }
}

TEST(Neighbours, RadiiReachTheKthOtherPointAcrossTiles) {
  const ops::Device device;
  const Cloud cloud(1, 2500);
  const Radii radii = neighbour_radii(device, cloud.points(), {.precision_recall = 2, .density_coverage = 4});
  for (const std::int64_t point : {0, 255, 256, 2047, 2048, 2499}) {
    std::vector<double> distances;
    for (std::int64_t other = 0; other < cloud.count(); ++other) {
      if (other != point) {
        distances.push_back(squared_distance(cloud, point, cloud, other));
      }
    }
    std::ranges::sort(distances);
    EXPECT_EQ(radii.precision_recall[point], distances[1]) << point;
    EXPECT_EQ(radii.density_coverage[point], distances[3]) << point;
  }
}

void expect_nearest(base::DType dtype) {
  const ops::Device device;
  const Cloud rows(1, 300);
  const Cloud columns(2, 2100);
  const std::vector<float> nearest = nearest_distances(device, rows.points(dtype), columns.points(dtype));
  for (std::int64_t row = 0; row < rows.count(); ++row) {
    double smallest = 1e30;
    for (std::int64_t column = 0; column < columns.count(); ++column) {
      smallest = std::min(smallest, squared_distance(rows, row, columns, column));
    }
    ASSERT_NEAR(nearest[row], std::sqrt(smallest), 1e-5 * std::sqrt(smallest)) << row;
  }
}

TEST(Neighbours, NearestIsTheNearestOfAll) {
  expect_nearest(base::DType::f32);
}

TEST(Neighbours, NearestOfBytesIsExactInBf16) {
  if (!ops::capabilities().bf16) {
    GTEST_SKIP() << "no kernels for bf16 here";
  }
  expect_nearest(base::DType::bf16);
}

TEST(Neighbours, NearestPassesOverTheExcludedPoint) {
  const ops::Device device;
  const Cloud cloud(3, 2200);
  std::vector<std::uint32_t> own(2200);
  std::iota(own.begin(), own.end(), 0U);
  const std::vector<float> including = nearest_distances(device, cloud.points(), cloud.points());
  const std::vector<float> excluding = nearest_distances(device, cloud.points(), cloud.points(), own);
  for (const std::int64_t point : {0, 1, 2047, 2048, 2199}) {
    double smallest = 1e30;
    for (std::int64_t other = 0; other < cloud.count(); ++other) {
      smallest = other == point ? smallest : std::min(smallest, squared_distance(cloud, point, cloud, other));
    }
    EXPECT_EQ(including[point], 0.0F);
    EXPECT_NEAR(excluding[point], std::sqrt(smallest), 1e-4) << point;
  }
}

}  // namespace
}  // namespace ganymede::eval
