#include "train/methods/penalty.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

#include "train/methods/objective.h"

namespace ganymede::train {
namespace {

using nlohmann::json;

std::vector<float> uniform(const base::RandomKey& key, float low, float high, std::size_t count) {
  std::vector<float> values(count);
  base::fill_uniform(key, low, high, values);
  return values;
}

constexpr net::Activation leaky{ops::Function::leaky_relu, 0.2F};

net::NetSpec dense_discriminator() {
  return {.name = "discriminator",
          .input = {4, 4, 1},
          .layers = {net::Flatten{}, net::Dense{8}, leaky, net::Dense{6}, leaky, net::Dense{1}}};
}

net::NetSpec conv_discriminator() {
  const net::Convolution first{.channels = 4, .stride = 2, .padding = {}};
  const net::Convolution second{.channels = 3, .stride = 2, .padding = {}};
  return {.name = "discriminator",
          .input = {8, 8, 2},
          .layers = {first, leaky, second, leaky, net::Flatten{}, net::Dense{1}}};
}

/// Follows make_penalties.py up to the gradients, which stay in `weights`.
void differentiate(const json& golden, const net::NetSpec& spec, net::Weights& weights) {
  const auto seed = golden["seed"].get<std::uint64_t>();
  const auto pairs = golden["pairs"].get<std::int64_t>();
  const PenaltySettings penalty{golden["r1"], golden["r2"], golden["gradient_penalty"]};
  for (std::uint32_t t = 0; t < weights.table().size(); ++t) {
    const std::span values = weights.values(weights.table()[t]);
    std::ranges::copy(uniform({.seed = seed, .stream = t}, -0.5F, 0.5F, values.size()), values.begin());
  }
  const ops::Device device;
  net::Program program(spec,
                       {.batch = parts_of_batch(penalty) * pairs,
                        .training = true,
                        .weight_gradients = true,
                        .input_gradient = true,
                        .tangent = true,
                        .penalty = true},
                       weights, device);
  const std::size_t part = program.input().size() / 3;
  std::ranges::copy(uniform({.seed = seed, .stream = 100}, -1.0F, 1.0F, 2 * part), program.input().begin());
  interpolate(uniform({.seed = seed, .stream = 101}, 0.0F, 1.0F, static_cast<std::size_t>(pairs)),
              program.input().first(part), program.input().subspan(part, part), program.input().last(part));
  program.forward({});
  const auto count = static_cast<std::size_t>(pairs);
  std::vector<float> diff_logits(program.output().size());
  discriminator_loss({.loss = Loss::relativistic}, program.output().first(count),
                     program.output().subspan(count, count), {}, std::span(diff_logits).first(count),
                     std::span(diff_logits).subspan(count, count));
  backward_penalised(penalty, 1.0, pairs, diff_logits, program);
}

void expect_pytorchs_gradients(const std::string& name, const net::NetSpec& spec) {
  std::ifstream file(GANYMEDE_TEST_DATA_DIR "/golden/penalties.json");
  const json golden = json::parse(file);
  net::Weights weights(spec);
  differentiate(golden, spec, weights);
  const json& expected = golden["gradients"][name];
  ASSERT_EQ(expected.size(), weights.table().size());
  // PyTorch's names begin with the number of the layer.
  for (const net::WeightRow& row : weights.table()) {
    const std::string key = std::to_string(row.layer) + row.name.substr(row.name.find('.'));
    const auto values = expected[key].get<std::vector<double>>();
    const std::span found = weights.gradients().subspan(row.offset, row.shape.elements());
    ASSERT_EQ(values.size(), found.size()) << key;
    double squares = 0.0;
    double difference = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      squares += values[i] * values[i];
      difference += std::pow(static_cast<double>(found[i]) - values[i], 2.0);
    }
    // The bias before a logit has no gradient: a relativistic loss does not know the logits' level.
    EXPECT_LE(std::sqrt(difference), 2e-6 * std::max(std::sqrt(squares), 0.1)) << key;
  }
}

TEST(Penalty, GradientsOfADenseNetworkAreThoseOfPyTorchsDoubleBackward) {
  expect_pytorchs_gradients("dense", dense_discriminator());
}

TEST(Penalty, GradientsOfAConvolutionalNetworkAreThoseOfPyTorchsDoubleBackward) {
  expect_pytorchs_gradients("conv", conv_discriminator());
}

double squared_norm(std::span<const float> g) {
  double sum = 0.0;
  for (const float x : g) {
    sum += static_cast<double>(x) * static_cast<double>(x);
  }
  return sum;
}

/// The penalties' definition for a batch of one pair and images of three pixels.
double penalties(const PenaltySettings& p, std::span<const float> g) {
  return 0.5 * p.r1 * squared_norm(g.first(3)) + 0.5 * p.r2 * squared_norm(g.subspan(3, 3)) +
         p.gradient_penalty * std::pow(std::sqrt(squared_norm(g.last(3))) - 1.0, 2.0);
}

TEST(Penalty, DirectionsAreTheDerivativesOfThePenaltiesByTheGradients) {
  const PenaltySettings settings{.r1 = 0.5, .r2 = 2.0, .gradient_penalty = 10.0};
  std::vector<float> g = {0.5F, -0.25F, 1.0F, 0.75F, 0.0F, -0.5F, 0.25F, 0.5F, -1.0F};
  std::vector<float> directions(g.size());
  penalty_directions(settings, 0.5, 1, g, directions);
  for (std::size_t i = 0; i < g.size(); ++i) {
    constexpr float step = 0x1p-10F;
    const float before = g[i];
    g[i] = before + step;
    const double ahead = penalties(settings, g);
    g[i] = before - step;
    const double behind = penalties(settings, g);
    g[i] = before;
    EXPECT_NEAR(directions[i], 0.5 * (ahead - behind) / (2.0 * step), 1e-4);
  }
}

TEST(Penalty, IsFiniteWhereTheGradientVanishes) {
  const std::vector<float> zeros(9);
  std::vector<float> directions(9, 1.0F);
  penalty_directions({.r1 = 1.0, .r2 = 1.0, .gradient_penalty = 10.0}, 1.0, 1, zeros, directions);
  EXPECT_EQ(directions, zeros);
}

}  // namespace
}  // namespace ganymede::train
