#include "net/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "experiment.h"

namespace ganymede::net {
namespace {

using base::bf16;
using base::Shape;
using testing::Each;
using testing::ElementsAre;
using Role = WeightDeclaration::Role;

const NetSpec example_net{
    .name = "network",
    .input = {4, 4, 3},
    .layers = {Convolution{.channels = 5, .kernel = 3, .padding = {}, .bias = false}, BatchNorm{},
               Convolution{.transposed = true, .channels = 2, .kernel = 4, .stride = 2, .padding = {}},
               Flatten{}, Dense{7}}};

NetSpec single(const Shape& input, const LayerSpec& layer, Initializer initializer) {
  return {.name = "network", .input = input, .initializer = initializer, .layers = {layer}};
}

TEST(WeightTable, ListsEveryTensorWithItsShape) {
  std::vector<std::string> rows;
  for (const WeightRow& row : weight_table(example_net)) {
    rows.push_back(row.name + " " + row.shape.to_string() + (row.role == Role::state ? " state" : ""));
  }
  EXPECT_THAT(rows,
              ElementsAre("conv_1.weight [5, 3, 3, 3]", "batch_norm_1.gamma [5]", "batch_norm_1.beta [5]",
                          "batch_norm_1.running_mean [5] state", "batch_norm_1.running_variance [5] state",
                          "conv_transpose_1.weight [2, 4, 4, 5]", "conv_transpose_1.bias [2]",
                          "dense_1.weight [7, 128]", "dense_1.bias [7]"));
}

TEST(WeightTable, CountsParametersAndStatesApart) {
  const auto table = weight_table(example_net);
  EXPECT_EQ(count(table, Role::parameter), 135 + 10 + 160 + 2 + 7 * 128 + 7);
  EXPECT_EQ(count(table, Role::state), 10);
}

TEST(WeightTable, TensorsBeginAtCacheLinesAndDoNotOverlap) {
  for (const NetworkExample& example : reference::network_cases()) {
    Weights weights(example.net);
    std::int64_t ends[2] = {0, 0};
    for (const WeightRow& row : weights.table()) {
      const bool state = row.role == Role::state;
      // 32 numbers are a cache line of the bf16 shadow.
      EXPECT_EQ(row.offset % 32, 0) << row.name;
      EXPECT_GE(row.offset, ends[state]) << row.name;
      ends[state] = row.offset + row.shape.elements();
    }
    EXPECT_GE(std::ssize(weights.parameters()), ends[0]);
    EXPECT_GE(std::ssize(weights.states()), ends[1]);
    EXPECT_EQ(weights.gradients().size(), weights.parameters().size());
    EXPECT_TRUE(weights.shadow().empty());
    weights.keep_shadow();
    EXPECT_EQ(weights.shadow().size(), weights.parameters().size());
  }
}

TEST(Weights, ValuesAreViewsOfTheRows) {
  Weights weights(example_net);
  for (const WeightRow& row : weights.table()) {
    const std::span all = row.role == Role::state ? weights.states() : weights.parameters();
    EXPECT_EQ(weights.values(row).data(), all.data() + row.offset);
    EXPECT_EQ(std::as_const(weights).values(row).data(), all.data() + row.offset);
    EXPECT_EQ(std::ssize(weights.values(row)), row.shape.elements());
  }
}

TEST(Weights, HaveTheSameBytesFromTheSameSeedAndOthersFromAnother) {
  const auto parameters = [](std::uint64_t seed, std::uint32_t stream) {
    Weights weights(example_net);
    weights.initialise(seed, stream);
    return copy_of(weights.parameters());
  };
  EXPECT_EQ(parameters(1, 0), parameters(1, 0));
  EXPECT_NE(parameters(1, 0), parameters(2, 0));
  EXPECT_NE(parameters(1, 0), parameters(1, 100));
}

TEST(Weights, DrawEachTensorFromItsOwnStream) {
  Weights weights(example_net);
  weights.initialise(1, 50);
  for (std::size_t t = 0; t < weights.table().size(); ++t) {
    const WeightRow& row = weights.table()[t];
    if (row.fill.kind == Fill::Kind::uniform) {
      std::vector<float> expected(static_cast<std::size_t>(row.shape.elements()));
      base::fill_uniform({.seed = 1,
                          .purpose = base::Purpose::initial_weights,
                          .stream = 50 + static_cast<std::uint32_t>(t)},
                         -row.fill.value, row.fill.value, expected);
      EXPECT_EQ(copy_of(weights.values(row)), expected) << row.name;
    }
  }
}

TEST(Weights, BeginBatchNormAsTheIdentityAndBiasesAtZero) {
  Weights weights(example_net);
  std::ranges::fill(weights.parameters(), -7.0F);
  weights.initialise(1, 0);
  for (const WeightRow& row : weights.table()) {
    const auto values = weights.values(row);
    if (row.name.ends_with("gamma") || row.name.ends_with("variance")) {
      EXPECT_THAT(values, Each(1.0F)) << row.name;
    } else if (!row.name.ends_with("weight")) {
      EXPECT_THAT(values, Each(0.0F)) << row.name;
    }
  }
}

TEST(Weights, ShadowIsTheRoundedParameters) {
  Weights weights(example_net);
  weights.keep_shadow();
  weights.initialise(1, 0);
  const auto is_current = [&] {
    const auto rounded = [](float value) { return bf16(value).bits; };
    return std::ranges::equal(weights.shadow(), weights.parameters(), {}, &bf16::bits, rounded);
  };
  EXPECT_TRUE(is_current());
  weights.parameters()[3] += 1.0F;
  EXPECT_FALSE(is_current());
  weights.refresh_shadow();
  EXPECT_TRUE(is_current());
}

struct Moments {
  double mean = 0.0, variance = 0.0, largest = 0.0;
};

Moments moments(std::span<const float> values) {
  Moments m;
  const auto size = static_cast<double>(values.size());
  for (const float x : values) {
    m.mean += x / size;
    m.variance += static_cast<double>(x) * x / size;
    m.largest = std::max(m.largest, std::abs(static_cast<double>(x)));
  }
  return m;
}

/// Six standard deviations of the mean of n numbers, and of the mean of their squares.
void expect_uniform(std::span<const float> values, double limit) {
  const Moments m = moments(values);
  const auto size = static_cast<double>(values.size());
  EXPECT_LE(m.largest, limit * (1.0 + 0x1p-22));
  EXPECT_NEAR(m.mean, 0.0, 6.0 * limit / std::sqrt(3.0 * size));
  EXPECT_NEAR(m.variance, limit * limit / 3.0, 6.0 * limit * limit * std::sqrt(4.0 / 45.0 / size));
}

/// The values of one layer's tensor number `row`.
std::vector<float> drawn(const NetSpec& spec, std::size_t row) {
  Weights weights(spec);
  weights.initialise(3, 0);
  return copy_of(weights.values(weights.table()[row]));
}

TEST(Initializer, GlorotIsUniformWithinTheRootOfSixOverBothFans) {
  const auto glorot = Initializer::glorot_uniform;
  expect_uniform(drawn(single({300}, Dense{200}, glorot), 0), std::sqrt(6.0 / (300 + 200)));
  // A kernel's area counts in both of Keras' fans, upwards as well.
  Convolution c{.channels = 64, .kernel = 3, .padding = {}};
  expect_uniform(drawn(single({4, 4, 32}, c, glorot), 0), std::sqrt(6.0 / (9 * 32 + 9 * 64)));
  c.transposed = true;
  expect_uniform(drawn(single({4, 4, 32}, c, glorot), 0), std::sqrt(6.0 / (9 * 32 + 9 * 64)));
}

TEST(Initializer, PyTorchsIsUniformWithinOneOverTheRootOfTheFanInForBiasesToo) {
  const auto pytorch = Initializer::pytorch_default;
  const double limit = 1.0 / std::sqrt(300.0);
  expect_uniform(drawn(single({300}, Dense{200}, pytorch), 0), limit);
  expect_uniform(drawn(single({300}, Dense{200}, pytorch), 1), limit);
  Convolution c{.channels = 64, .kernel = 3, .padding = {}};
  expect_uniform(drawn(single({4, 4, 32}, c, pytorch), 0), 1.0 / std::sqrt(9.0 * 32));
  // PyTorch takes the output's channels for the fan of a transposed convolution.
  c.transposed = true;
  expect_uniform(drawn(single({4, 4, 32}, c, pytorch), 0), 1.0 / std::sqrt(9.0 * 64));
  expect_uniform(drawn(single({4, 4, 32}, c, pytorch), 1), 1.0 / std::sqrt(9.0 * 64));
}

void expect_normal(const std::vector<float>& values, double deviation) {
  const Moments m = moments(values);
  const auto size = static_cast<double>(values.size());
  EXPECT_NEAR(m.mean, 0.0, 6.0 * deviation / std::sqrt(size));
  EXPECT_NEAR(m.variance, deviation * deviation, 6.0 * deviation * deviation * std::sqrt(2.0 / size));
  EXPECT_GT(m.largest, 3.0 * deviation);  // no truncation
}

TEST(Initializer, Dcgans002IsNormalWithThatDeviation) {
  expect_normal(drawn(single({300}, Dense{200}, Initializer::normal_002), 0), 0.02);
  EXPECT_THAT(drawn(single({300}, Dense{200}, Initializer::normal_002), 1), Each(0.0F));
}

TEST(Initializer, HesIsNormalWithTheRootOfTwoOverTheFanIn) {
  const Convolution c{.channels = 64, .kernel = 3, .padding = {}};
  expect_normal(drawn(single({4, 4, 32}, c, Initializer::he_normal), 0), std::sqrt(2.0 / (9.0 * 32)));
  EXPECT_THAT(drawn(single({4, 4, 32}, c, Initializer::he_normal), 1), Each(0.0F));
}

TEST(Initializer, LetsAResidualBlockBeginAsTheIdentity) {
  const NetSpec block = single({4, 4, 32}, Residual{.hidden = 64}, Initializer::he_normal);
  expect_normal(drawn(block, 0), std::sqrt(2.0 / (9.0 * 32)));
  EXPECT_THAT(drawn(block, 2), Each(0.0F));
}

}  // namespace
}  // namespace ganymede::net
