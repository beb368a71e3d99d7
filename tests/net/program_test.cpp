#include "net/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "experiment.h"
#include "reference/expect.h"

namespace ganymede::net {
namespace {

using base::DType;
using reference::exact;
using reference::expect_each_within;
using reference::expect_within;
using reference::layer_cases;
using reference::Network;
using reference::network_cases;
using reference::NetworkExample;
using reference::Storage;
using reference::Values;
using Role = WeightDeclaration::Role;

/// Mean errors in roundings of a network's precision. In f32 4.6 are reached by a layer, 12.2 by a network
/// and 4.4 by a contraction. Where the naive network follows the roundings to bf16, only those differ that an
/// error in f32 turns over.
constexpr double layer_error = 20;
constexpr double network_error = 50;
constexpr double contraction_error = 20;
constexpr double followed_error = 4;

/// One program and the naive network of the same weights, run over the same numbers.
class Comparison {
 public:
  Comparison(const NetworkExample& example, DType precision, Storage storage, double roundings)
      : use_(full_use(example, precision)),
        feed_(example),
        weights_(random_weights(example.net)),
        naive_(example.net, use_, weights_, storage),
        program_(example.net, use_, weights_, device_),
        mean_error_(roundings * reference::unit_roundoff(precision)),
        compares_means_(precision == DType::f32 || storage == Storage::followed) {}

  /// Runs every pass from poisoned memory and compares all that it leaves.
  void run() {
    poison(program_);
    poison_gradients(weights_);
    forward(program_, feed_);
    expect("output", program_.output(), naive_.forward(exact(feed_.input), feed_.labels, feed_.context));
    if (use_.tangent) {
      tangent(program_, feed_);
      expect("tangent", program_.output_tangent(), naive_.tangent(exact(feed_.input_tangent)));
    }
    backward(program_, feed_);
    const Network::Gradients gradients = naive_.backward(exact(feed_.output_gradient));
    expect("input gradient", program_.input_gradient(), gradients.input);
    const std::vector<Values> states = naive_.states_after();
    for (std::size_t r = 0; r < states.size(); ++r) {
      const WeightRow& row = weights_.table()[r];
      if (row.role == Role::state) {
        expect(row.name, weights_.values(row), states[r]);
      } else if (use_.weight_gradients) {
        expect(row.name, weights_.gradients().subspan(row.offset, row.shape.elements()),
               gradients.weights[r]);
      }
    }
  }

 private:
  void expect(const std::string& what, std::span<const float> actual, const Values& expected) const {
    SCOPED_TRACE(what);
    if (compares_means_) {
      expect_within(actual, expected, mean_error_);
    } else {
      expect_each_within(actual, expected);
    }
  }

  ops::Device device_;
  Use use_;
  Feed feed_;
  Weights weights_;
  Network naive_;
  Program program_;
  double mean_error_;
  // A rounding to bf16 can put an activation's input on the other side of its bend, which moves the mean of
  // few numbers far and is no error: the bounds allow for it, and Storage::followed knows it.
  bool compares_means_;
};

void compare(const std::vector<NetworkExample>& examples, DType precision, Storage storage,
             double roundings) {
  for (const NetworkExample& example : both_ways(examples)) {
    SCOPED_TRACE(example.name);
    Comparison(example, precision, storage, roundings).run();
  }
}

TEST(Program, EveryLayerMatchesTheNaiveOneInF32) {
  compare(layer_cases(), DType::f32, Storage::bounded, layer_error);
}

TEST(Program, EveryLayerInBf16IsWithinItsBoundOfTheExactOne) {
  if (!ops::capabilities().bf16) {
    GTEST_SKIP() << "no kernels for bf16 here";
  }
  compare(layer_cases(), DType::bf16, Storage::bounded, layer_error);
}

TEST(Program, NetworksMatchTheNaiveOnesInF32) {
  compare(network_cases(), DType::f32, Storage::bounded, network_error);
}

TEST(Program, NetworksInBf16AreWithinTheirBoundOfTheExactOnes) {
  if (!ops::capabilities().bf16) {
    GTEST_SKIP() << "no kernels for bf16 here";
  }
  compare(network_cases(), DType::bf16, Storage::bounded, network_error);
}

TEST(Program, NetworksInBf16RoundWhereTheNaiveOnesDo) {
  if (!ops::capabilities().bf16) {
    GTEST_SKIP() << "no kernels for bf16 here";
  }
  compare(layer_cases(), DType::bf16, Storage::followed, followed_error);
  compare(network_cases(), DType::bf16, Storage::followed, followed_error);
}

/// The discriminators among the examples: one logit, nothing but piecewise linear layers.
std::vector<NetworkExample> penalised_cases() {
  std::vector<NetworkExample> cases;
  for (NetworkExample& example : network_cases()) {
    const bool logit = output_shape(example.net) == base::Shape{1};
    if (logit && std::ranges::none_of(example.net.layers, is_batch_norm) &&
        std::ranges::none_of(example.net.layers, is_smooth)) {
      cases.push_back(std::move(example));
    }
  }
  return cases;
}

/// Runs the passes of a gradient penalty, along the feed's input tangent, and compares the weights'
/// gradients.
void compare_contraction(const NetworkExample& example, DType precision, Storage storage, double roundings) {
  SCOPED_TRACE(example.name);
  const ops::Device device;
  const Feed feed(example);
  const auto seeds = reference::random_values(5, example.batch);
  Use use = full_use(example, precision);
  use.penalty = true;
  Weights weights = random_weights(example.net);
  Network naive(example.net, use, weights, storage);
  Program program(example.net, use, weights, device);
  poison(program);
  poison_gradients(weights);
  forward(program, feed);
  std::ranges::fill(program.output_gradient(), 1.0F);
  program.backward();
  tangent(program, feed);
  program.contract(seeds);
  naive.forward(exact(feed.input), feed.labels, feed.context);
  const std::vector<Values> expected = naive.contract(exact(seeds), exact(feed.input_tangent));
  for (std::size_t r = 0; r < expected.size(); ++r) {
    const WeightRow& row = weights.table()[r];
    SCOPED_TRACE(row.name);
    const auto found = weights.gradients().subspan(row.offset, row.shape.elements());
    expect_within(found, expected[r], roundings * reference::unit_roundoff(precision));
  }
}

TEST(Program, ContractsDeltasAndTangentsAsTheNaiveOneInF32) {
  ASSERT_GE(penalised_cases().size(), 4U);
  for (const NetworkExample& example : penalised_cases()) {
    compare_contraction(example, DType::f32, Storage::bounded, contraction_error);
  }
}

TEST(Program, ContractsDeltasAndTangentsInBf16WhereTheNaiveOneRounds) {
  if (!ops::capabilities().bf16) {
    GTEST_SKIP() << "no kernels for bf16 here";
  }
  for (const NetworkExample& example : penalised_cases()) {
    compare_contraction(example, DType::bf16, Storage::followed, followed_error);
  }
}

/// Copies of everything that a Weights holds, alignment gaps included.
struct Snapshot {
  std::vector<float> parameters, gradients, states;

  explicit Snapshot(Weights& weights)
      : parameters(copy_of(weights.parameters())),
        gradients(copy_of(weights.gradients())),
        states(copy_of(weights.states())) {}
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

TEST(Program, WithoutWeightGradientsTouchesNoWeightsAndHasTheSameInputGradient) {
  const ops::Device device;
  for (const DType precision : {DType::f32, DType::bf16}) {
    if (precision == DType::bf16 && !ops::capabilities().bf16) {
      continue;
    }
    for (const NetworkExample& example : network_cases()) {
      SCOPED_TRACE(example.name);
      const Feed feed(example);
      Weights weights = random_weights(example.net);
      std::ranges::fill(weights.gradients(), 0.125F);
      const Snapshot before(weights);
      Use use = full_use(example, precision);
      use.updates_states = false;
      use.weight_gradients = false;
      Program frozen(example.net, use, weights, device);
      poison(frozen);
      forward(frozen, feed);
      backward(frozen, feed);
      EXPECT_EQ(Snapshot(weights), before);

      use.weight_gradients = true;
      Program trained(example.net, use, weights, device);
      forward(trained, feed);
      backward(trained, feed);
      EXPECT_EQ(copy_of(frozen.input_gradient()), copy_of(trained.input_gradient()));
      EXPECT_EQ(copy_of(frozen.output()), copy_of(trained.output()));
    }
  }
}

TEST(Program, WithoutInputGradientHasTheSameWeightGradients) {
  const ops::Device device;
  for (const NetworkExample& example : network_cases()) {
    SCOPED_TRACE(example.name);
    const Feed feed(example);
    Weights weights = random_weights(example.net);
    Use use = full_use(example, DType::f32);
    use.updates_states = false;
    Program whole(example.net, use, weights, device);
    forward(whole, feed);
    backward(whole, feed);
    const std::vector<float> expected = copy_of(weights.gradients());
    use.input_gradient = false;
    Program program(example.net, use, weights, device);
    poison(program);
    poison_gradients(weights);
    forward(program, feed);
    backward(program, feed);
    EXPECT_EQ(copy_of(weights.gradients()), expected);
  }
}

TEST(Program, LeavesTheGapsBetweenGradientsAlone) {
  const ops::Device device;
  for (const NetworkExample& example : network_cases()) {
    SCOPED_TRACE(example.name);
    const Feed feed(example);
    Weights weights = random_weights(example.net);
    std::vector<bool> gap(weights.gradients().size(), true);
    for (const WeightRow& row : weights.table()) {
      if (row.role == Role::parameter) {
        std::fill_n(gap.begin() + row.offset, row.shape.elements(), false);
      }
    }
    Program program(example.net, full_use(example, DType::f32), weights, device);
    forward(program, feed);
    backward(program, feed);
    for (std::size_t i = 0; i < gap.size(); ++i) {
      if (gap[i]) {
        ASSERT_EQ(weights.gradients()[i], 0.0F);
        ASSERT_EQ(weights.parameters()[i], 0.0F);
      }
    }
  }
}

TEST(Program, RunsTheSamePassesAgainToTheBit) {
  const ops::Device device;
  for (const NetworkExample& example : network_cases()) {
    SCOPED_TRACE(example.name);
    const Feed feed(example);
    Weights weights = random_weights(example.net);
    Use use = full_use(example, DType::f32);
    use.updates_states = false;
    Program program(example.net, use, weights, device);
    const auto passes = [&] {
      forward(program, feed);
      if (use.tangent) {
        tangent(program, feed);
      }
      backward(program, feed);
      std::vector<std::vector<float>> results = {copy_of(program.output()), copy_of(program.input_gradient()),
                                                 copy_of(weights.gradients())};
      if (use.tangent) {
        results.push_back(copy_of(program.output_tangent()));
      }
      return results;
    };
    const auto first = passes();
    EXPECT_EQ(passes(), first);
  }
}

TEST(Program, DrawsOtherDropoutForAnotherStepSeedAndStream) {
  const ops::Device device;
  const NetworkExample example{.name = "dropout",
                               .net = {.name = "network", .input = {64}, .layers = {Dropout{0.5F}}}};
  Weights weights(example.net);
  Feed feed(example);
  Use use = full_use(example, DType::f32);
  const auto output = [&](const PassContext& context) {
    feed.context = context;
    Program program(example.net, use, weights, device);
    forward(program, feed);
    return copy_of(program.output());
  };
  const auto expected = output({.seed = 1, .step = 1});
  EXPECT_EQ(output({.seed = 1, .step = 1}), expected);
  EXPECT_NE(output({.seed = 2, .step = 1}), expected);
  EXPECT_NE(output({.seed = 1, .step = 2}), expected);
  use.random_stream += 1;
  EXPECT_NE(output({.seed = 1, .step = 1}), expected);
}

TEST(Program, FollowsTheRunningStatisticsOnlyWhereItIsAsked) {
  const ops::Device device;
  const NetworkExample example{
      .name = "batch_norm",
      .net = {.name = "network", .input = {3}, .layers = {BatchNorm{.momentum = 0.75F}}}};
  const Feed feed(example);
  for (const bool training : {false, true}) {
    for (const bool updates : {false, true}) {
      Weights weights(example.net);
      weights.initialise(1, 0);
      Program program(example.net, {.batch = example.batch, .training = training, .updates_states = updates},
                      weights, device);
      forward(program, feed);
      const auto& table = weights.table();
      if (!training || !updates) {
        EXPECT_EQ(copy_of(weights.values(table[2])), std::vector<float>(3, 0.0F));
        EXPECT_EQ(copy_of(weights.values(table[3])), std::vector<float>(3, 1.0F));
        continue;
      }
      for (std::size_t c = 0; c < 3; ++c) {
        // Keras: the mean and the biased variance enter with one minus the momentum.
        double mean = 0.0;
        double square = 0.0;
        for (std::size_t row = 0; row < 8; ++row) {
          mean += feed.input[3 * row + c] / 8.0;
          square += feed.input[3 * row + c] * feed.input[3 * row + c] / 8.0;
        }
        EXPECT_NEAR(weights.values(table[2])[c], 0.25 * mean, 1e-6);
        EXPECT_NEAR(weights.values(table[3])[c], 0.75 + 0.25 * (square - mean * mean), 1e-6);
      }
    }
  }
}

TEST(Program, HasALeakyHardTanhThatLeaksInTrainingAlone) {
  const ops::Device device;
  const NetSpec net{
      .name = "generator", .input = {3}, .layers = {Activation{ops::Function::leaky_hard_tanh, 0.5F}}};
  Weights weights(net);
  for (const bool training : {false, true}) {
    Program program(net, {.batch = 1, .training = training}, weights, device);
    std::ranges::copy(std::array{-3.0F, 0.25F, 2.0F}, program.input().begin());
    program.forward({});
    EXPECT_EQ(copy_of(program.output()),
              training ? std::vector({-2.0F, 0.25F, 1.5F}) : std::vector({-1.0F, 0.25F, 1.0F}));
  }
}

TEST(Program, ReadsTheWeightsThatAnotherProgramOfTheSameWeightsReads) {
  const ops::Device device;
  const NetworkExample example = network_cases().front();
  const Feed feed(example);
  Weights weights = random_weights(example.net);
  Program one(example.net, {.batch = example.batch}, weights, device);
  Program other(example.net, {.batch = example.batch}, weights, device);
  forward(one, feed);
  const std::vector<float> before = copy_of(one.output());
  weights.parameters()[0] += 1.0F;
  forward(one, feed);
  forward(other, feed);
  EXPECT_NE(copy_of(one.output()), before);
  EXPECT_EQ(copy_of(one.output()), copy_of(other.output()));
}

TEST(Program, RefusesBf16WhereThereAreNoKernelsForIt) {
  if (ops::capabilities().bf16) {
    GTEST_SKIP() << "this processor has kernels for bf16";
  }
  const NetSpec spec = network_cases().front().net;
  Weights weights(spec);
  const ops::Device device;
  EXPECT_THAT([&] { Program(spec, {.precision = DType::bf16}, weights, device); },
              testing::Throws<base::Error>(
                  testing::Property(&base::Error::what, testing::HasSubstr("Use the precision f32"))));
}

TEST(Program, KeepsWorkingAfterItHasMoved) {
  const ops::Device device;
  const NetworkExample example = network_cases().front();
  const Feed feed(example);
  Weights weights = random_weights(example.net);
  Use use = full_use(example, DType::f32);
  use.updates_states = false;
  Program program(example.net, use, weights, device);
  forward(program, feed);
  const std::vector<float> expected = copy_of(program.output());
  Program moved = std::move(program);
  forward(moved, feed);
  EXPECT_EQ(copy_of(moved.output()), expected);
}

}  // namespace
}  // namespace ganymede::net
