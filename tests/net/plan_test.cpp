#include "net/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "base/buffer.h"
#include "base/error.h"
#include "experiment.h"

namespace ganymede::net {
namespace {

using base::DType;
using base::Error;
using base::ErrorKind;
using testing::AllOf;
using testing::HasSubstr;
using testing::Property;
using testing::Throws;

struct Planned {
  std::string name;
  Plan plan;
};

/// The plans of every example in every use, among them those of the recipes' networks at their own sizes.
std::vector<Planned> plans() {
  std::vector<NetworkExample> examples = both_ways(reference::network_cases());
  for (NetworkExample& example : reference::recipe_cases()) {
    examples.push_back(std::move(example));
  }
  std::vector<Planned> result;
  for (const NetworkExample& example : examples) {
    for (const DType precision : {DType::f32, DType::bf16}) {
      Use use = full_use(example, precision);
      result.push_back({example.name, make_plan(example.net, use)});
      use.input_gradient = false;
      result.push_back({example.name + " without input gradient", make_plan(example.net, use)});
      use.weight_gradients = false;
      use.tangent = false;
      result.push_back({example.name + " forward", make_plan(example.net, use)});
    }
  }
  return result;
}

std::int64_t bytes(const PlanRow& row) {
  return row.shape.elements() * static_cast<std::int64_t>(size_of(row.dtype));
}

bool overlap(const PlanRow& a, const PlanRow& b) {
  return a.offset < b.offset + bytes(b) && b.offset < a.offset + bytes(a);
}

/// Whether a layer writes one of these deltas over the other, a value.
bool written_over(const Plan& plan, int a, int b) {
  return std::ranges::any_of(plan.layers, [&](const LayerPlan& layer) {
    const Place& src = plan.places[layer.src];
    return layer.derivative && std::minmax(src.value, *src.delta) == std::minmax(a, b);
  });
}

/// Only deltas come and go: those on both sides of a layer are needed together, and a copy in f32 at one of
/// the network's ends, which is nobody's input or output, with all.
bool live_at_once(const Plan& plan, int a, int b) {
  if (written_over(plan, a, b)) {
    return false;
  }
  const auto comes_and_goes = [&](int row) {
    return std::ranges::any_of(plan.places, [&](const Place& place) { return place.delta == row; });
  };
  if (!comes_and_goes(a) || !comes_and_goes(b)) {
    return true;
  }
  return std::ranges::any_of(plan.layers, [&](const LayerPlan& layer) {
    const std::optional<int> src = plan.places[layer.src].delta;
    const std::optional<int> dst = plan.places[layer.dst].delta;
    return (src == a && dst == b) || (src == b && dst == a);
  });
}

TEST(Plan, RowsThatLiveAtOnceDoNotOverlap) {
  for (const auto& [name, plan] : plans()) {
    for (int a = 0; a < std::ssize(plan.rows); ++a) {
      for (int b = 0; b < a; ++b) {
        if (live_at_once(plan, a, b)) {
          ASSERT_FALSE(overlap(plan.rows[a], plan.rows[b]))
              << name << ": " << plan.rows[a].name << ", " << plan.rows[b].name;
        }
      }
    }
  }
}

TEST(Plan, RowsAreAlignedAndWithinItsBytes) {
  for (const auto& [name, plan] : plans()) {
    for (const PlanRow& row : plan.rows) {
      EXPECT_EQ(row.offset % static_cast<std::int64_t>(base::Buffer::alignment), 0) << name << row.name;
      EXPECT_LE(row.offset + bytes(row), plan.bytes) << name << row.name;
    }
  }
}

TEST(Plan, WhatOnlyTheOtherPassesUseIsBehindWhatTheForwardPassLeaves) {
  for (const auto& [name, plan] : plans()) {
    for (int r = 0; r < std::ssize(plan.rows); ++r) {
      const PlanRow& row = plan.rows[r];
      const bool over_value = std::ranges::any_of(plan.layers, [&](const LayerPlan& layer) {
        return layer.derivative && plan.places[layer.src].delta == r;
      });
      if (row.role == Role::activation || row.role == Role::scratch || over_value) {
        EXPECT_LE(row.offset + bytes(row), plan.forward_bytes) << name << row.name;
      } else {
        EXPECT_GE(row.offset, plan.forward_bytes) << name << row.name;
      }
    }
  }
}

TEST(Plan, NamesEachRowOnce) {
  for (const auto& [name, plan] : plans()) {
    std::vector<std::string> names;
    for (const PlanRow& row : plan.rows) {
      names.push_back(row.name);
    }
    std::ranges::sort(names);
    EXPECT_EQ(std::ranges::adjacent_find(names), names.end()) << name;
  }
}

TEST(Plan, DeltasTakeTurnsInMemory) {
  // Each of the five deltas is as large as the next: two of them are all that is needed.
  const NetSpec spec{
      .name = "network", .input = {64}, .layers = {Dense{64}, Dense{64}, Dense{64}, Dense{64}}};
  const Plan forward = make_plan(spec, {.batch = 4});
  const Plan both = make_plan(spec, {.batch = 4, .weight_gradients = true});
  EXPECT_EQ(both.bytes - forward.bytes, 2 * 4 * 64 * 4);
}

/// Which layers of a generator's end, behind a product, write the gradient of their input's values over them.
std::vector<bool> writes_over(std::vector<LayerSpec> end, const Use& use) {
  NetSpec spec{.name = "generator", .input = {4}, .layers = {Dense{784}, Reshape{{7, 7, 16}}}};
  spec.layers.emplace_back(Convolution{.transposed = true, .channels = 32, .stride = 2, .padding = {}});
  const auto begin = static_cast<std::ptrdiff_t>(spec.layers.size());
  std::ranges::move(end, std::back_inserter(spec.layers));
  const Plan plan = make_plan(spec, use);
  std::vector<bool> result;
  for (auto layer = plan.layers.begin() + begin; layer != plan.layers.end(); ++layer) {
    const Place& src = plan.places[layer->src];
    result.push_back(layer->derivative.has_value());
    if (layer->derivative) {
      EXPECT_EQ(plan.rows[*src.delta].offset, plan.rows[src.value].offset);
      EXPECT_TRUE((layer - 1)->derivative_in_next);
    }
  }
  return result;
}

TEST(Plan, WritesTheGradientOfAnActivationOverItsValuesInTraining) {
  const Activation relu{ops::Function::relu};
  const Convolution to_image{.channels = 1, .kernel = 7, .padding = {}};
  const Use training{.batch = 2, .training = true, .weight_gradients = true};
  EXPECT_EQ(writes_over({relu, to_image}, training), (std::vector{false, true}));
  EXPECT_EQ(writes_over({BatchNorm{}, relu, to_image}, training), (std::vector{false, false, true}));
  EXPECT_EQ(writes_over({relu, to_image}, {.batch = 2, .weight_gradients = true}),
            (std::vector{false, false}));
  Use tangent = training;
  tangent.tangent = true;
  EXPECT_EQ(writes_over({relu, to_image}, tangent), (std::vector{false, false}));
}

TEST(Plan, KeepsTheValuesThatSomethingElseLooksAt) {
  const Activation relu{ops::Function::relu};
  const Convolution to_image{.channels = 1, .kernel = 7, .padding = {}};
  const Use training{.batch = 2, .training = true, .weight_gradients = true};
  EXPECT_EQ(writes_over({relu, relu, to_image}, training), (std::vector{false, false, false}));
  EXPECT_EQ(writes_over({relu, Dropout{}, to_image}, training), (std::vector{false, false, false}));
  EXPECT_EQ(writes_over({relu, Convolution{.channels = 64, .padding = {}}}, training),
            (std::vector{false, false}));
}

TEST(Plan, EdgesAreF32InBothPrecisions) {
  for (const auto& [name, plan] : plans()) {
    for (const std::optional<int> row :
         {std::optional(plan.input), std::optional(plan.output), plan.input_gradient, plan.output_gradient,
          plan.input_tangent, plan.output_tangent}) {
      EXPECT_TRUE(!row || plan.rows[*row].dtype == DType::f32) << name;
    }
    EXPECT_EQ(plan.input_gradient.has_value(), plan.use.input_gradient) << name;
    EXPECT_EQ(plan.output_gradient.has_value(), plan.use.backward()) << name;
    EXPECT_EQ(plan.input_tangent.has_value(), plan.use.tangent) << name;
  }
}

TEST(Plan, ComputesAnActivationWithTheProductBeforeIt) {
  const Activation tanh{ops::Function::tanh};
  const Plan plan = make_plan({.name = "network", .input = {4}, .layers = {Dense{3}, tanh, tanh}}, {});
  EXPECT_EQ(plan.layers[0].epilogue, tanh);
  EXPECT_TRUE(plan.layers[1].epilogue_in_source);
  EXPECT_EQ(plan.layers[1].src, plan.layers[1].dst);
  EXPECT_FALSE(plan.layers[2].epilogue_in_source);
}

TEST(Plan, WorksInPlaceWhereNothingIsLost) {
  const Activation tanh{ops::Function::tanh};
  const Activation relu{ops::Function::relu};
  const auto in_place = [](std::vector<LayerSpec> layers) {
    const Plan plan = make_plan({.name = "network", .input = {2, 2, 1}, .layers = std::move(layers)}, {});
    return plan.layers.back().src == plan.layers.back().dst;
  };
  EXPECT_TRUE(in_place({Flatten{}}));
  EXPECT_FALSE(in_place({relu}));
  EXPECT_FALSE(in_place({Flatten{}, Dropout{}}));
  EXPECT_TRUE(in_place({Flatten{}, Dense{3}, Dropout{}}));
  EXPECT_TRUE(in_place({Flatten{}, Dense{3}, relu, Dropout{}}));
  EXPECT_FALSE(in_place({Flatten{}, Dense{3}, tanh, Dropout{}}));
  EXPECT_FALSE(in_place({Flatten{}, Dense{3}, tanh, relu}));
  EXPECT_TRUE(in_place({Flatten{}, Dense{3}, tanh, Dropout{}, Dropout{}}));
}

TEST(Plan, GoesBackOnlyAsFarAsSomethingIsWanted) {
  const Activation relu{ops::Function::relu};
  const NetSpec spec{.name = "network", .input = {4}, .layers = {relu, Dense{3}, relu, Dense{2}}};
  const auto goes_on = [&](const Use& use) {
    std::vector<bool> result;
    for (const LayerPlan& layer : make_plan(spec, use).layers) {
      result.push_back(layer.backward_data);
    }
    return result;
  };
  EXPECT_EQ(goes_on({.weight_gradients = true}), (std::vector{false, false, true, true}));
  EXPECT_EQ(goes_on({.input_gradient = true}), (std::vector{true, true, true, true}));
  EXPECT_EQ(goes_on({}), (std::vector{false, false, false, false}));
}

/// That make_plan refuses `layer` behind a dense layer in `use`, and names it.
void expect_refusal(const LayerSpec& layer, const Use& use, const std::string& name,
                    const std::string& found) {
  const NetSpec spec{.name = "discriminator", .input = {4}, .layers = {Dense{3}, layer}};
  EXPECT_THAT([&] { make_plan(spec, use); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::configuration),
                                  Property(&Error::what, HasSubstr("discriminator layer " + name)),
                                  Property(&Error::what, HasSubstr(found)))));
}

TEST(Plan, RefusesAGradientPenaltyThroughBatchStatisticsOrSmoothActivations) {
  const Use penalty{.training = true, .tangent = true};
  expect_refusal(BatchNorm{}, penalty, "batch_norm_1", "gradient penalty");
  expect_refusal(Activation{ops::Function::tanh}, penalty, "tanh_1", "gradient penalty");
  expect_refusal(Activation{ops::Function::sigmoid}, penalty, "sigmoid_1", "gradient penalty");
  const NetSpec allowed{.name = "discriminator",
                        .input = {4},
                        .layers = {Dense{3}, Activation{ops::Function::relu}, Dropout{}}};
  EXPECT_NO_THROW(make_plan(allowed, penalty));
}

TEST(Plan, KeepsEveryDeltaForAPenalty) {
  const NetSpec spec{.name = "network", .input = {64}, .layers = {Dense{64}, Dense{64}, Dense{64}}};
  const Use use{
      .batch = 4, .training = true, .weight_gradients = true, .input_gradient = true, .tangent = true};
  Use penalty = use;
  penalty.penalty = true;
  EXPECT_EQ(make_plan(spec, penalty).bytes - make_plan(spec, use).bytes, 2 * 4 * 64 * 4);
}

TEST(Plan, RefusesToTrainBatchNormInInference) {
  expect_refusal(BatchNorm{}, {.weight_gradients = true}, "batch_norm_1", "inference");
}

}  // namespace
}  // namespace ganymede::net
