#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "net/program.h"
#include "reference/cases.h"
#include "reference/network.h"
#include "reference/values.h"

namespace ganymede::net {

using reference::NetworkExample;

inline bool is_batch_norm(const LayerSpec& layer) {
  return std::holds_alternative<BatchNorm>(layer);
}

inline bool is_smooth(const LayerSpec& layer) {
  const auto* activation = std::get_if<Activation>(&layer);
  return activation != nullptr && !activation->piecewise_linear();
}

/// Every pass that the network allows.
inline Use full_use(const NetworkExample& example, base::DType precision) {
  const std::vector<LayerSpec>& layers = example.net.layers;
  const bool batch_norm = std::ranges::any_of(layers, is_batch_norm);
  const bool smooth = std::ranges::any_of(layers, is_smooth);
  return {.batch = example.batch,
          .precision = precision,
          .training = example.training,
          .updates_states = example.training,
          .weight_gradients = example.training || !batch_norm,
          .input_gradient = true,
          .tangent = !example.training || !(batch_norm || smooth),
          .random_stream = 3};
}

/// Weights that are nowhere zero or one, so that each of them counts, and no larger than a trained network's,
/// so that roundings do not grow from layer to layer.
inline Weights random_weights(const NetSpec& spec) {
  Weights weights(spec);
  weights.initialise(11, 0);
  for (std::size_t r = 0; r < weights.table().size(); ++r) {
    const WeightRow& row = weights.table()[r];
    if (row.fill.kind == Fill::Kind::constant) {
      const std::int64_t terms = row.shape.rank() > 1 ? row.shape.elements() / row.shape[0] : 1;
      const float largest = 0.5F / std::sqrt(static_cast<float>(terms));
      const auto shifts = reference::random_values(20 + r, row.shape.elements());
      const std::span values = weights.values(row);
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] += largest * shifts[i];
      }
    }
  }
  weights.refresh_shadow();
  return weights;
}

/// Every example in training and in inference.
inline std::vector<NetworkExample> both_ways(std::vector<NetworkExample> examples) {
  for (std::size_t i = 0, count = examples.size(); i < count; ++i) {
    NetworkExample example = examples[i];
    example.name += example.training ? " in inference" : " in training";
    example.training = !example.training;
    examples.push_back(std::move(example));
  }
  return examples;
}

/// What an example's network is fed with.
struct Feed {
  std::vector<float> input, output_gradient, input_tangent;
  std::vector<std::int32_t> labels;
  PassContext context{.seed = 7, .step = 5};

  explicit Feed(const NetworkExample& example)
      : input(reference::random_values(1, example.batch * example.net.input.elements())),
        output_gradient(reference::random_values(2, example.batch * output_shape(example.net).elements())),
        input_tangent(reference::random_values(3, std::ssize(input))) {
    if (const std::int64_t classes = label_classes(example.net); classes > 0) {
      for (std::int64_t n = 0; n < example.batch; ++n) {
        labels.push_back(static_cast<std::int32_t>((2 * n + 1) % classes));
      }
    }
  }
};

/// Makes all of a program's memory NaN, in f32 as in bf16.
inline void poison(Program& program) {
  const Plan& plan = program.plan();
  auto* memory = reinterpret_cast<std::byte*>(program.input().data()) - plan.rows[plan.input].offset;
  std::fill_n(memory, plan.bytes, std::byte{0xFF});
}

inline void poison_gradients(Weights& weights) {
  for (const WeightRow& row : weights.table()) {
    if (row.role == WeightDeclaration::Role::parameter) {
      std::ranges::fill(weights.gradients().subspan(row.offset, row.shape.elements()),
                        std::numeric_limits<float>::quiet_NaN());
    }
  }
}

inline void forward(Program& program, const Feed& feed) {
  std::ranges::copy(feed.input, program.input().begin());
  std::ranges::copy(feed.labels, program.labels().begin());
  program.forward(feed.context);
}

inline void backward(Program& program, const Feed& feed) {
  std::ranges::copy(feed.output_gradient, program.output_gradient().begin());
  program.backward();
}

inline void tangent(Program& program, const Feed& feed) {
  std::ranges::copy(feed.input_tangent, program.input_tangent().begin());
  program.tangent();
}

inline std::vector<float> copy_of(std::span<const float> values) {
  return {values.begin(), values.end()};
}

}  // namespace ganymede::net
