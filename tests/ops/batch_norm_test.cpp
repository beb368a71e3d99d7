#include "ops/batch_norm.h"

#include <gtest/gtest.h>

#include "base/threads/team.h"
#include "ops/recipe_cases.h"
#include "reference/expect.h"
#include "reference/operations.h"
#include "reference/values.h"

namespace ganymede::ops {
namespace {

using base::DType;
using reference::BatchStatistics;
using reference::exact;
using reference::Guarded;
using reference::random_values;
using reference::Values;

constexpr float epsilon = 1e-3F;
// In roundings: 2.8 is reached in the statistics, 5.8 in the gradients, 0.6 elsewhere.
constexpr double statistics_error = 10;
constexpr double gradient_error = 20;
constexpr double element_error = 2;

/// One problem [rows, channels] in one type, with every channel of its own mean and deviation.
struct Problem {
  std::int64_t rows, channels;
  DType type;

  std::string name() const {
    return std::to_string(rows) + "x" + std::to_string(channels) + (type == DType::f32 ? " f32" : " bf16");
  }
  Guarded src() const {
    std::vector<float> values = random_values(1, rows * channels);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto channel = static_cast<float>(i % channels);
      values[i] = (0.5F + channel / 16.0F) * values[i] + 0.25F * channel - 1.0F;
    }
    return {type, values};
  }
  Guarded diff_dst() const { return {type, random_values(2, rows * channels)}; }
  Guarded empty() const { return {type, static_cast<std::size_t>(rows * channels)}; }
  Guarded a_channel() const { return {DType::f32, static_cast<std::size_t>(channels)}; }
  std::vector<float> gamma() const { return random_values(3, channels); }
  std::vector<float> beta() const { return random_values(4, channels); }
};

/// The strips are 32 channels wide: fewer, exactly as many, and some more.
std::vector<Problem> problems() {
  std::vector<Problem> result;
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const auto& [rows, channels] :
         {std::pair{2, 1}, std::pair{100, 3}, std::pair{17, 32}, std::pair{64, 33}, std::pair{8, 100}}) {
      result.push_back({rows, channels, type});
    }
    for (const ElementsExample& c : recipe_batch_norms("dense", 8)) {
      result.push_back({c.rows, c.channels, type});
    }
  }
  return result;
}

template <class T>
std::span<const T> read(const Guarded& tensor, const Problem& p) {
  return {static_cast<const T*>(tensor.data()), static_cast<std::size_t>(p.rows * p.channels)};
}

BatchStatistics statistics_of(const Guarded& src, const Problem& p) {
  return reference::batch_statistics(exact(src.values()), static_cast<std::size_t>(p.channels), epsilon);
}

/// Statistics as the program has them, exactly.
struct Given {
  std::vector<float> mean, inverse_deviation;
  BatchStatistics bounded;

  explicit Given(const Problem& p)
      : mean(random_values(5, p.channels)), inverse_deviation(random_values(6, p.channels)) {
    for (float& inverse : inverse_deviation) {
      inverse = 1.5F + inverse;
    }
    bounded = {.mean = exact(mean), .variance = {}, .inverse_deviation = exact(inverse_deviation)};
  }
};

TEST(BatchNorm, StatisticsAreTheMeanAndTheBiasedVarianceOfEachChannel) {
  for (const Problem& p : problems()) {
    SCOPED_TRACE(p.name());
    const Guarded src = p.src();
    Guarded mean = p.a_channel();
    Guarded inverse_deviation = p.a_channel();
    dispatch(p.type, [&]<class T>(T) {
      batch_norm_statistics<T>(read<T>(src, p), epsilon, mean.as<float>(), inverse_deviation.as<float>());
    });
    const BatchStatistics expected = statistics_of(src, p);
    expect_within(mean, expected.mean, statistics_error);
    expect_within(inverse_deviation, expected.inverse_deviation, statistics_error);
  }
}

TEST(BatchNorm, StatisticsOfAConstantChannelAreThatConstantAndTheEpsilon) {
  const std::vector<float> src(64, 3.0F);
  float mean = 0.0F;
  float inverse_deviation = 0.0F;
  batch_norm_statistics<float>(src, 0.25F, {&mean, 1}, {&inverse_deviation, 1});
  EXPECT_EQ(mean, 3.0F);
  EXPECT_EQ(inverse_deviation, 2.0F);
}

TEST(BatchNorm, AppliesTheFormula) {
  for (const Problem& p : problems()) {
    SCOPED_TRACE(p.name());
    const Given given(p);
    const Guarded src = p.src();
    const std::vector<float> gamma = p.gamma();
    const std::vector<float> beta = p.beta();
    Guarded dst = p.empty();
    dispatch(p.type, [&]<class T>(T) {
      batch_norm_apply<T>(read<T>(src, p), given.mean, given.inverse_deviation, {gamma, beta}, dst.as<T>());
    });
    const Values expected =
        reference::batch_norm(exact(src.values()), given.bounded, exact(gamma), exact(beta));
    expect_within(dst, reference::stored(expected, p.type), element_error);
  }
}

TEST(BatchNorm, GradientsMatchTheNaiveOnesInPlaceToo) {
  for (const Problem& p : problems()) {
    SCOPED_TRACE(p.name());
    const Guarded src = p.src();
    const Guarded diff_dst = p.diff_dst();
    const std::vector<float> gamma = p.gamma();
    const BatchStatistics statistics = statistics_of(src, p);
    Guarded mean = p.a_channel();
    Guarded inverse_deviation = p.a_channel();
    Guarded diff_gamma = p.a_channel();
    Guarded diff_beta = p.a_channel();
    Guarded diff_src = p.empty();
    Guarded in_place = p.diff_dst();
    dispatch(p.type, [&]<class T>(T) {
      batch_norm_statistics<T>(read<T>(src, p), epsilon, mean.as<float>(), inverse_deviation.as<float>());
      batch_norm_backward<T>(read<T>(src, p), read<T>(diff_dst, p), mean.as<float>(),
                             inverse_deviation.as<float>(), gamma, diff_gamma.as<float>(),
                             diff_beta.as<float>(), diff_src.as<T>());
      batch_norm_backward<T>(read<T>(src, p), read<T>(in_place, p), mean.as<float>(),
                             inverse_deviation.as<float>(), gamma, diff_gamma.as<float>(),
                             diff_beta.as<float>(), in_place.as<T>());
    });
    const auto expected = reference::batch_norm_backward(exact(src.values()), exact(diff_dst.values()),
                                                         statistics, exact(gamma));
    expect_within(diff_gamma, expected.gamma, gradient_error);
    expect_within(diff_beta, expected.beta, gradient_error);
    if (p.rows > 2) {  // the gradient of two points cancels to almost nothing
      expect_within(diff_src, reference::stored(expected.src, p.type), gradient_error);
    }
    EXPECT_EQ(in_place.values(), diff_src.values());
  }
}

TEST(BatchNorm, ScaleIsTheGradientOfInference) {
  for (const Problem& p : problems()) {
    SCOPED_TRACE(p.name());
    const Given given(p);
    const Guarded src = p.diff_dst();
    const std::vector<float> gamma = p.gamma();
    Guarded dst = p.empty();
    dispatch(p.type, [&]<class T>(T) {
      batch_norm_scale<T>(given.inverse_deviation, gamma, read<T>(src, p), dst.as<T>());
    });
    const auto expected = reference::batch_norm_backward_inference(exact(src.values()), exact(src.values()),
                                                                   given.bounded, exact(gamma));
    expect_within(dst, reference::stored(expected.src, p.type), element_error);
  }
}

TEST(BatchNorm, RunningStatisticsKeepTheShareOfTheMomentumAsInKeras) {
  const Problem p{40, 5, DType::f32};
  const Guarded src = p.src();
  Guarded mean = p.a_channel();
  Guarded inverse_deviation = p.a_channel();
  batch_norm_statistics<float>(read<float>(src, p), epsilon, mean.as<float>(), inverse_deviation.as<float>());
  Guarded running_mean(DType::f32, random_values(7, p.channels));
  Guarded running_variance(DType::f32, std::vector<float>(p.channels, 1.0F));
  const BatchStatistics statistics = statistics_of(src, p);
  const Values expected_mean = reference::moving_average(0.8F, exact(running_mean.values()), statistics.mean);
  const Values expected_variance = reference::moving_average(
      0.8F, exact(running_variance.values()), reference::recovered_variance(statistics, epsilon));
  batch_norm_update_running(0.8F, epsilon, mean.as<float>(), inverse_deviation.as<float>(),
                            running_mean.as<float>(), running_variance.as<float>());
  expect_within(running_mean, expected_mean, element_error);
  expect_within(running_variance, expected_variance, element_error);
}

TEST(BatchNorm, InverseDeviationIsThatOfTheVariance) {
  const std::vector<float> variance = {0.0F, 3.75F, 100.0F};
  std::vector<float> inverse_deviation(3);
  batch_norm_inverse_deviation(variance, 0.25F, inverse_deviation);
  EXPECT_EQ(inverse_deviation[0], 2.0F);
  EXPECT_EQ(inverse_deviation[1], 0.5F);
  EXPECT_FLOAT_EQ(inverse_deviation[2], 0.099875234F);
}

TEST(BatchNorm, DoesNotDependOnTheNumberOfThreads) {
  const Problem p{50, 100, DType::f32};
  const Guarded src = p.src();
  const auto statistics = [&](int threads) {
    const base::Team team(threads);
    Guarded mean = p.a_channel();
    Guarded inverse_deviation = p.a_channel();
    batch_norm_statistics<float>(read<float>(src, p), epsilon, mean.as<float>(),
                                 inverse_deviation.as<float>());
    return std::pair{mean.values(), inverse_deviation.values()};
  };
  EXPECT_EQ(statistics(1), statistics(2));
  EXPECT_EQ(statistics(1), statistics(3));
}

}  // namespace
}  // namespace ganymede::ops
