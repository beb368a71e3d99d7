#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "bounded.h"
#include "net/plan.h"
#include "net/weights.h"
#include "operations.h"

namespace ganymede::reference {

/// How the naive network treats what a bf16 program rounds when it stores it.
enum class Storage {
  bounded,  ///< keeps the exact number and adds the rounding to its error: the distance to an f32 network
  followed  ///< rounds as the program does: the distance to the program's own arithmetic
};

/// The passes of a network in double, with the bound of what its program may compute instead.
///
/// Where the bounds come from: every stored tensor carries the error of the tensors it is computed from,
/// through the absolute values of the factors that it is multiplied with, and adds the roundings of its own
/// computation in f32 and, in a bf16 network, of being stored, 2^-8 of its magnitude. Errors never cancel:
/// a bound is the worst case over all ways in which the roundings can fall out. Over several layers of bf16
/// that is wide; a network that follows the roundings stays sharp.
class Network {
 public:
  Network(const net::NetSpec& spec, const net::Use& use, const net::Weights& weights,
          Storage storage = Storage::bounded);

  /// The values of each row of the weight table, which may be changed between passes.
  std::vector<Values> weights;

  /// Leaves the states of batch normalisation as the pass read them; `states_after` tells what becomes of
  /// them.
  const Values& forward(const Values& input, std::span<const std::int32_t> labels,
                        const net::PassContext& context);
  struct Gradients {
    Values input;
    std::vector<Values> weights;  ///< by row of the table; empty for states
  };
  Gradients backward(const Values& output_gradient) const;
  Values tangent(const Values& input_tangent) const;
  /// By row of the table, empty for states: the weights' gradients of the sum of seeds_i y_i + v_i .
  /// dy_i/dx_i with v = input_tangent, for a network with one output y a sample.
  std::vector<Values> contract(const Values& seeds, const Values& input_tangent) const;

  /// By row of the table, after forward(); empty for parameters.
  std::vector<Values> states_after() const;

 private:
  struct Layer {
    net::LayerSpec spec;
    net::LayerShape shape;
    std::vector<std::size_t> rows;        // of the weight table
    base::DType type = base::DType::f32;  // of dst; differentials and tangents have the network's
    bool before_activation = false;
    Values src, dst;
    BatchStatistics statistics;        // of a batch norm
    Values factors;                    // of a dropout
    std::vector<std::int32_t> labels;  // of a selection
    std::vector<Layer> inside;         // of a residual block: what is added to its input
  };

  Values apply(Layer& layer, std::size_t index, std::span<const std::int32_t> labels,
               const net::PassContext& context) const;
  Values pull_back(const Layer& layer, const Values& diff_dst, std::vector<Values>& weight_gradients) const;
  Values push_forward(const Layer& layer, const Values& tangent) const;
  /// The gradients of a layer's own weights as they follow from `src`, and its bias' from `diff_bias`.
  void weigh(const Layer& layer, const Values& src, const Values& diff_dst, const Values& diff_bias,
             std::vector<Values>& weight_gradients) const;
  void contract(std::span<const Layer> layers, const Values& seeds, Values tangent, const Values& diff_dst,
                std::vector<Values>& weight_gradients) const;
  /// Each sample's values times its seed.
  static Values scaled(const Values& seeds, Values values);
  static Layer residual_layer(Layer block);
  Values sum(Values a, const Values& b) const;

  Values keep(Values values, base::DType type) const;
  Values keep(Values values) const { return keep(std::move(values), use_.precision); }
  Values kernel_weights(const Layer& layer) const { return keep(weights[layer.rows[0]]); }
  Values bias(const Layer& layer) const { return layer.rows.size() > 1 ? weights[layer.rows[1]] : Values(); }
  ops::MatmulCase matmul_case(const Layer& layer) const;
  ops::ConvolutionCase convolution_case(const Layer& layer) const;

  net::Use use_;
  Storage storage_;
  std::vector<net::WeightRow> table_;
  std::vector<Layer> layers_;
  Values output_;
};

}  // namespace ganymede::reference
