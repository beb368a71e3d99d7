#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "dist/group.h"
#include "net/initializer.h"
#include "net/tensor.h"
#include "ops/device.h"
#include "ops/elementwise/activation.h"

/// What a kind of layer is made of. Each is a pair of files in layers/ and a line in net/kinds.h, which does
/// not compile until the pair has
///   struct Kind            its description, comparable, read from and written to recipes by `fields`
///   facts(...)             what it is called and how it treats its input: LayerFacts
///   output_shape(...)      the shape of its output for a sample, or an error that names what does not fit
///   write_onnx(...)        its nodes in an ONNX graph: net/exports/onnx_graph.h
///   write_c(...)           its calls in a C function: net/exports/c_code.h
///   class KindOp           its compiled passes: forward, backward_data, tangent
/// and, if it has weights,
///   declare(...)           its parameters and states
///   multiply_adds(...)     how much it computes: net/profile.h
///   KindOp                 backward_weights and contract too
/// Most need none of these:
///   writes_over_src(...)   whether backward_data can multiply by the derivative of the activation before
///                          it, over its values; without it, no
///   scratch_bytes(...)     memory that is kept from the forward to the backward pass; without it, none
///   c_source(...)          the C functions that it calls; without it, none but the C library's
///   forms(...)             the descriptions that have a word of their own in recipes; without it, `Kind()`
namespace ganymede::net {

struct OnnxGraph;
class CCode;
struct CSource;

/// What diagrams colour a layer by.
enum class Family {
  dense,
  convolution,
  transposed_convolution,
  block,
  normalisation,
  activation,
  label,
  other
};

/// Where a layer's output is.
enum class Memory {
  own,         ///< in memory of its own
  product,     ///< the same, of either type, and the activation behind it is computed with it
  over_input,  ///< in its input's place, where nothing needs that any more
  view         ///< where its input is, under another shape
};

/// How the output follows the input.
enum class Response {
  piecewise_linear,  ///< or linear
  smooth,            ///< its derivative is taken from its output, and has one itself
  batch              ///< every sample's output depends on the others' input, in training
};

/// Whether element i of the output comes from element i of the input alone.
enum class Order {
  mixed,
  kept,
  kept_in_features  ///< of an input [features], behind which elements may follow; not of images
};

/// What there is to know of a layer without looking into it.
struct LayerFacts {
  std::string_view word;   ///< in recipes: "conv_transpose"
  std::string_view keras;  ///< in summaries, as Keras calls it: "Conv2DTranspose"
  Family family;
  Memory memory;
  Response response;
  Order order;
  std::int64_t classes = 0;          ///< of the label that it takes; 0: it takes none
  bool weighs_in_data_pass = false;  ///< backward_data() computes the weights' gradients too

  /// A gradient penalty trains with the tangent pass, which counts on a network that is piecewise linear in
  /// its input, sample by sample.
  bool takes_penalty() const { return response == Response::piecewise_linear; }
};

/// One layer's place in a network: its name (the kind and a count, "dense_2") and the shapes of a sample.
struct LayerShape {
  std::string name;
  base::Shape input;
  base::Shape output;

  /// The name of something of the layer's: "dense_2.weight".
  std::string part(std::string_view what) const { return name + "." + std::string(what); }
};

/// An axis of a weight as files have it that keep the channels of an image first.
struct WeightAxis {
  enum class Elements {
    plain,      ///< in the order that they have here
    of_input,   ///< in the order of the elements of the layer's input, one for each
    of_output,  ///< of its output
  };
  int axis = 0;  ///< here
  Elements elements = Elements::plain;
};

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
  std::vector<WeightAxis> axes;  ///< in the order of PyTorch's tensor, whose file has the channels first
  std::string torch_name = {};   ///< what PyTorch calls it; empty: the same
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
  dist::Part part = {};             ///< of the whole batch, which is that many times larger
  std::int64_t groups = 1;          ///< of equally many samples, of each of which every part has its stretch

  bool backward() const { return weight_gradients || input_gradient; }
};

/// Calls `body(first, count, number)` for each stretch of a program's batch: its samples from `first` on are
/// those from `number` on of the whole batch, which has the same groups.
template <class Body>
void for_each_stretch(const Use& use, const Body& body) {
  const dist::Share share = use.part.share();
  const std::int64_t count = use.batch / use.groups;
  for (std::int64_t group = 0; group < use.groups; ++group) {
    const std::int64_t samples = count * share.parts;
    body(group * count, count, group * samples + share.first(samples));
  }
}

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
  std::optional<ops::Activation> derivative;  // of the activation before: diff_src is src, multiplied by it
  bool derivative_in_next = false;  // this layer is an activation whose backward the layer behind computes
  bool backward_data = false;       // something below needs diff_src
  std::uint32_t random_stream = 0;
  const Use* use = nullptr;
};

}  // namespace ganymede::net
