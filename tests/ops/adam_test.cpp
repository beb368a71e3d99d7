#include "ops/adam.h"

#include <gtest/gtest.h>

#include "base/threads/team.h"
#include "reference/expect.h"
#include "reference/operations.h"
#include "reference/values.h"

namespace ganymede::ops {
namespace {

using base::bf16;
using base::DType;
using reference::exact;
using reference::Guarded;
using reference::random_values;

constexpr double mean_error = 3;    // in roundings; 0.8 is reached
constexpr std::size_t size = 5003;  // more than two of the pieces that Adam works on

/// Everything that one optimiser keeps.
struct Tensors {
  Guarded parameters{DType::f32, random_values(1, size)};
  Guarded first_moments{DType::f32, std::vector<float>(size)};
  Guarded second_moments{DType::f32, std::vector<float>(size)};
  Guarded shadow{DType::bf16, size};

  void step(const AdamSettings& settings, std::int64_t number, const std::vector<float>& gradients) {
    adam(settings, number,
         {gradients, parameters.as<float>(), first_moments.as<float>(), second_moments.as<float>(),
          shadow.as<bf16>()});
  }
};

/// Gradients of every size from 2^-12 to 2^3, and zeros.
std::vector<float> gradients(std::int64_t step) {
  std::vector<float> values = random_values(static_cast<std::uint64_t>(100 + step), size);
  for (std::size_t i = 0; i < size; ++i) {
    values[i] = i % 17 == 0 ? 0.0F : std::ldexp(values[i], static_cast<int>(i % 16) - 12);
  }
  return values;
}

TEST(Adam, MatchesTheNaiveFormulaOverSeveralSteps) {
  for (const AdamSettings& settings :
       {AdamSettings{}, AdamSettings{.learning_rate = 2e-4, .beta1 = 0.5, .epsilon = 1e-7},
        AdamSettings{.learning_rate = 0.1, .beta1 = 0.0, .beta2 = 0.9}}) {
    Tensors tensors;
    reference::AdamState expected{exact(tensors.parameters.values()), exact(tensors.first_moments.values()),
                                  exact(tensors.second_moments.values())};
    for (std::int64_t step = 1; step <= 5; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      tensors.step(settings, step, gradients(step));
      reference::adam(settings, step, exact(gradients(step)), expected);
      expect_within(tensors.parameters, expected.parameters, mean_error);
      expect_within(tensors.first_moments, expected.first_moments, mean_error);
      expect_within(tensors.second_moments, expected.second_moments, mean_error);
    }
  }
}

TEST(Adam, MovesEachParameterByTheLearningRateInItsFirstStep) {
  // m and sqrt(v) are corrected to g and |g|.
  Tensors tensors;
  const std::vector<float> before = tensors.parameters.values();
  tensors.step({.learning_rate = 0.5, .epsilon = 1e-12}, 1, std::vector<float>(size, -0.25F));
  const std::vector<float> after = tensors.parameters.values();
  for (std::size_t i = 0; i < size; ++i) {
    ASSERT_NEAR(after[i], before[i] + 0.5F, 1e-5F);
  }
}

TEST(Adam, RoundsTheParametersToTheirShadow) {
  Tensors tensors;
  tensors.step({}, 1, gradients(1));
  EXPECT_TRUE(tensors.shadow.intact());
  for (std::size_t i = 0; i < size; ++i) {
    ASSERT_EQ(tensors.shadow.as<bf16>()[i].bits, bf16(tensors.parameters.as<float>()[i]).bits);
  }
}

TEST(Adam, WorksWithoutAShadow) {
  Tensors with;
  Tensors without;
  with.step({}, 1, gradients(1));
  const std::vector<float> g = gradients(1);
  adam({}, 1,
       {g,
        without.parameters.as<float>(),
        without.first_moments.as<float>(),
        without.second_moments.as<float>(),
        {}});
  EXPECT_EQ(without.parameters.values(), with.parameters.values());
}

TEST(Adam, DoesNotDependOnTheNumberOfThreads) {
  const auto parameters = [](int threads) {
    const base::Team team(threads);
    constexpr std::size_t large = 40'000;
    std::vector<float> p = random_values(1, large);
    std::vector<float> m(large);
    std::vector<float> v(large);
    const std::vector<float> g = random_values(2, large);
    adam({}, 1, {g, p, m, v, {}});
    return p;
  };
  EXPECT_EQ(parameters(1), parameters(2));
  EXPECT_EQ(parameters(1), parameters(3));
}

}  // namespace
}  // namespace ganymede::ops
