/// The naive network's gradients and tangents are those of finite differences of its naive forward pass.
#include <gtest/gtest.h>

#include <cmath>

#include "experiment.h"

namespace ganymede::net {
namespace {

using reference::exact;
using reference::Network;
using reference::Values;

constexpr double step = 1e-6;

/// The sum of output times cotangent, in double.
class Loss {
 public:
  Loss(const NetworkExample& example, const Weights& weights)
      : network(example.net, full_use(example, base::DType::f32), weights),
        feed(example),
        input(exact(feed.input)) {}

  double operator()() {
    const Values& output = network.forward(input, feed.labels, feed.context);
    double sum = 0.0;
    magnitude = 0.0;
    for (std::size_t i = 0; i < output.size(); ++i) {
      sum += output[i].value * feed.output_gradient[i];
      magnitude += std::abs(output[i].value * feed.output_gradient[i]);
    }
    return sum;
  }

  /// Fails unless `derivative` is the central difference as `move(t)` moves the argument by t. Halving the
  /// step divides its error by four, so that the difference of two steps is three times the smaller error;
  /// the rest is the rounding of doubles.
  template <class Move, class Function>
  void expect_derivative(double derivative, const Move& move, Function&& function) {
    const auto difference = [&](double h) {
      move(h);
      const double ahead = function();
      move(-h);
      const double behind = function();
      move(0.0);
      return (ahead - behind) / (2.0 * h);
    };
    const double fine = difference(step);
    const double coarse = difference(2.0 * step);
    EXPECT_NEAR(derivative, fine, std::abs(coarse - fine) + 1e-14 * magnitude / step);
  }

  template <class Move>
  void expect_derivative(double derivative, const Move& move) {
    expect_derivative(derivative, move, *this);
  }

  /// The same for up to `most` elements of `values`.
  void expect_gradient(const Values& gradient, Values& values) { expect_gradient(gradient, values, *this); }
  template <class Function>
  void expect_gradient(const Values& gradient, Values& values, Function&& function) {
    constexpr std::size_t most = 40;
    ASSERT_EQ(gradient.size(), values.size());
    for (std::size_t i = 0; i < values.size(); i += 1 + values.size() / most) {
      const double before = values[i].value;
      expect_derivative(
          gradient[i].value, [&](double t) { values[i].value = before + t; }, function);
    }
  }

  Network network;
  Feed feed;
  Values input;
  double magnitude = 0.0;
};

std::vector<NetworkExample> all_cases() {
  std::vector<NetworkExample> cases = reference::layer_cases();
  for (NetworkExample& example : reference::network_cases()) {
    cases.push_back(std::move(example));
  }
  return both_ways(std::move(cases));
}

TEST(NaiveNetwork, GradientsAreFiniteDifferences) {
  for (const NetworkExample& example : all_cases()) {
    SCOPED_TRACE(example.name);
    Loss loss(example, random_weights(example.net));
    loss();
    const Network::Gradients gradients = loss.network.backward(exact(loss.feed.output_gradient));
    loss.expect_gradient(gradients.input, loss.input);
    for (std::size_t row = 0; row < gradients.weights.size(); ++row) {
      if (!gradients.weights[row].empty()) {
        loss.expect_gradient(gradients.weights[row], loss.network.weights[row]);
      }
    }
  }
}

TEST(NaiveNetwork, TangentsAreFiniteDifferences) {
  for (const NetworkExample& example : all_cases()) {
    if (!full_use(example, base::DType::f32).tangent) {
      continue;
    }
    SCOPED_TRACE(example.name);
    Loss loss(example, random_weights(example.net));
    loss();
    const Values tangent = loss.network.tangent(exact(loss.feed.input_tangent));
    double derivative = 0.0;
    for (std::size_t i = 0; i < tangent.size(); ++i) {
      derivative += tangent[i].value * loss.feed.output_gradient[i];
    }
    loss.expect_derivative(derivative, [&](double t) {
      for (std::size_t i = 0; i < loss.input.size(); ++i) {
        loss.input[i].value = loss.feed.input[i] + t * loss.feed.input_tangent[i];
      }
    });
  }
}

/// The contraction is the derivative of sum_i seeds_i y_i + v_i . dy_i/dx_i by every weight; the second term
/// is the sum of the tangents along v.
TEST(NaiveNetwork, ContractionsAreFiniteDifferences) {
  for (const NetworkExample& example : all_cases()) {
    const Use use = full_use(example, base::DType::f32);
    if (!example.training || !use.tangent || output_shape(example.net) != base::Shape{1}) {
      continue;
    }
    SCOPED_TRACE(example.name);
    Loss loss(example, random_weights(example.net));
    loss();
    const Values seeds = exact(loss.feed.output_gradient);
    const Values directions = exact(loss.feed.input_tangent);
    const std::vector<Values> gradients = loss.network.contract(seeds, directions);
    const auto penalised = [&] {
      double sum = loss();
      for (const reference::Bounded& tangent : loss.network.tangent(directions)) {
        sum += tangent.value;
        loss.magnitude += std::abs(tangent.value);
      }
      return sum;
    };
    for (std::size_t row = 0; row < gradients.size(); ++row) {
      loss.expect_gradient(gradients[row], loss.network.weights[row], penalised);
    }
  }
}

}  // namespace
}  // namespace ganymede::net
