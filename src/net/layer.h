#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "net/initializer.h"
#include "net/tensor.h"
#include "ops/device.h"
#include "ops/elementwise/activation.h"

/// What a layer kind is made of. Each kind is a pair of files in layers/ with
///   struct Kind            its description, read from and written to a recipe by `fields`
///   output_shape(...)      the shape of its output for a sample, or an error that names what does not fit
///   declare(...)           its parameters and states
///   class KindOp           its compiled passes: forward, backward_data, backward_weights, tangent, contract
/// and one line in the variants of net/spec.h and net/program.cpp.
namespace ganymede::net {

/// A tensor that belongs to a layer's weights.
struct WeightDeclaration {
  enum class Role {
    parameter,  ///< trained by gradients
    state       ///< kept by the forward pass: a running statistic
  };
  std::string name;  ///< within the layer: "weight"
  base::Shape shape;
  Role role = Role::parameter;
  Fill fill = {};
};

/// How a program is used, which decides what it keeps and computes.
struct Use {
  std::int64_t batch = 1;
  base::DType precision = base::DType::f32;  ///< of activations and deltas
  bool training = false;                     ///< dropout drops and batch norm uses the batch's statistics
  bool updates_states = false;               ///< batch norm's running statistics follow the batch's
  bool weight_gradients = false;             ///< backward writes the gradients of the parameters
  bool input_gradient = false;               ///< backward writes the gradient of the input
  bool tangent = false;                      ///< the tangent pass can run
  bool penalty = false;  ///< contract() writes the gradients of the parameters, of a loss with a gradient
                         ///< penalty, and backward does not; needs the three above
  std::uint32_t random_stream = 0;  ///< keeps the random numbers of programs apart; below 2^16

  bool backward() const { return weight_gradients || input_gradient; }
};

/// What a pass needs beside the tensors.
struct PassContext {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
};

/// Everything that one layer of one program works on. Layers that work in place have src.data == dst.data.
struct LayerBinding {
  TensorRef src, dst;                       // [batch, ...]
  TensorRef diff_src, diff_dst;             // as src and dst; no data without a backward pass
  TensorRef tangent_src, tangent_dst;       // as src and dst; no data without a tangent pass
  std::vector<ParameterRef> parameters;     // in the order of their declaration
  std::vector<std::span<float>> states;     // in the order of their declaration
  std::span<std::byte> scratch;             // scratch_bytes() of it
  std::span<const std::int32_t> labels;     // [batch]
  std::optional<ops::Activation> epilogue;  // the activation behind this layer, when it is computed here
  bool epilogue_in_source = false;  // this layer is an activation whose forward the layer before computes
  bool backward_data = false;       // something below needs diff_src
  std::uint32_t random_stream = 0;
  const Use* use = nullptr;
};

}  // namespace ganymede::net
