#include "net/program.h"

#include <gtest/gtest.h>

#include "experiment.h"
#include "reference/expect.h"

namespace ganymede::net {
namespace {

using base::DType;
using reference::exact;
using reference::expect_within;
using reference::expect_within_any;
using reference::layer_cases;
using reference::Network;
using reference::network_cases;
using reference::NetworkExample;
using reference::Storage;
using reference::Values;
using Role = WeightDeclaration::Role;

/// Whether bounds that zeros would meet are a failure.
enum class Bounds { sharp, any };

/// One program and the naive network of the same weights, run over the same numbers.
class Comparison {
 public:
  Comparison(const NetworkExample& example, DType precision, Storage storage, Bounds bounds)
      : use_(full_use(example, precision)),
        feed_(example),
        weights_(random_weights(example.net)),
        naive_(example.net, use_, weights_, storage),
        program_(example.net, use_, weights_, device_),
        bounds_(bounds) {}

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
    if (bounds_ == Bounds::sharp) {
      expect_within(actual, expected);
    } else {
      expect_within_any(actual, expected);
    }
  }

  ops::Device device_;
  Use use_;
  Feed feed_;
  Weights weights_;
  Network naive_;
  Program program_;
  Bounds bounds_;
};

void compare(const std::vector<NetworkExample>& examples, DType precision, Storage storage, Bounds bounds) {
  for (const NetworkExample& example : both_ways(examples)) {
    SCOPED_TRACE(example.name);
    Comparison(example, precision, storage, bounds).run();
  }
}

TEST(Program, EveryLayerMatchesTheNaiveOneInF32) {
  compare(layer_cases(), DType::f32, Storage::bounded, Bounds::sharp);
}

TEST(Program, EveryLayerInBf16IsWithinItsBoundOfTheExactOne) {
  compare(layer_cases(), DType::bf16, Storage::bounded, Bounds::sharp);
}

TEST(Program, NetworksMatchTheNaiveOnesInF32) {
  compare(network_cases(), DType::f32, Storage::bounded, Bounds::sharp);
}

TEST(Program, NetworksInBf16AreWithinTheirBoundOfTheExactOnes) {
  compare(network_cases(), DType::bf16, Storage::bounded, Bounds::any);
}

TEST(Program, NetworksInBf16RoundWhereTheNaiveOnesDo) {
  compare(layer_cases(), DType::bf16, Storage::followed, Bounds::sharp);
  compare(network_cases(), DType::bf16, Storage::followed, Bounds::sharp);
}

}  // namespace
}  // namespace ganymede::net
