#include "eval/metrics/kernel_distance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "eval/golden.h"

namespace ganymede::eval {
namespace {

TEST(KernelDistance, AgreesWithTorchFidelity) {
  const ops::Device device;
  for (const GoldenCase& golden : golden_cases()) {
    const double expected = golden.value("kernel_distance");
    EXPECT_NEAR(squared_discrepancy(device, golden.real(), golden.generated()), expected,
                relative_tolerance * expected)
        << golden.name;
  }
}

TEST(KernelDistance, OfSubsetsThatAreEverythingHasNoDeviation) {
  const ops::Device device;
  const GoldenCase golden = golden_cases().front();
  const KernelDistance all = kernel_distance(device, golden.real(), golden.generated(), {.subsets = 3});
  EXPECT_NEAR(all.mean, golden.value("kernel_distance"), relative_tolerance * all.mean);
  EXPECT_NEAR(all.deviation, 0.0, relative_tolerance * all.mean);
}

TEST(KernelDistance, OfSubsetsScattersAboutThatOfEverything) {
  const ops::Device device;
  for (const GoldenCase& golden : golden_cases()) {
    const KernelDistanceSettings settings{.subsets = 200, .subset_size = 40, .seed = 3};
    const KernelDistance subsets = kernel_distance(device, golden.real(), golden.generated(), settings);
    EXPECT_GT(subsets.deviation, 0.0);
    EXPECT_NEAR(subsets.mean, golden.value("kernel_distance"), 4.0 * subsets.deviation / std::sqrt(200.0))
        << golden.name;
  }
}

TEST(KernelDistance, DependsOnTheSeedAlone) {
  const ops::Device device;
  const GoldenCase golden = golden_cases().front();
  const auto mean = [&](std::uint64_t seed) {
    return kernel_distance(device, golden.real(), golden.generated(),
                           {.subsets = 5, .subset_size = 20, .seed = seed})
        .mean;
  };
  EXPECT_EQ(mean(1), mean(1));
  EXPECT_NE(mean(1), mean(2));
}

}  // namespace
}  // namespace ganymede::eval
