#pragma once

#include "net/layers/activation.h"
#include "net/layers/convolution.h"

namespace ganymede::net {

/// dst = src + second(f(first(f(src)))), with f LeakyReLU and two convolutions that keep the image's size,
/// from its channels to `hidden` and back (He et al. 2016, without normalisation as in R3GAN, Huang et al.
/// 2024). The second begins at zero, so that the block begins as the identity (fix-up, Zhang et al. 2019).
struct Residual {
  std::int64_t hidden = 1;
  std::int64_t kernel = 3;
  float slope = 0.2F;

  friend bool operator==(const Residual&, const Residual&) = default;
};

template <class Visitor>
void fields(Residual& residual, Visitor& visit) {
  visit.required("hidden", residual.hidden);
  visit("kernel", residual.kernel);
  visit("slope", residual.slope);
}

/// The layers within, in the order of the forward pass, for an input of `channels`.
Activation activation_of(const Residual& residual);
Convolution first_of(const Residual& residual);
Convolution second_of(const Residual& residual, std::int64_t channels);

inline LayerFacts facts(const Residual&) {
  return {"residual", "Residual", Family::block, Memory::own, Response::piecewise_linear, Order::mixed};
}

base::Shape output_shape(const Residual& residual, const base::Shape& input);
/// "first.weight", "first.bias", "second.weight" and "second.bias".
std::vector<WeightDeclaration> declare(const Residual& residual, const base::Shape& input,
                                       Initializer initializer);
/// What is between the convolutions, with its gradients and tangents where the use has them.
std::size_t scratch_bytes(const Residual& residual, const base::Shape& input, const Use& use);
std::int64_t multiply_adds(const Residual& residual, const LayerShape& place);
void write_onnx(const Residual& residual, const LayerShape& place, OnnxGraph& graph);
void write_c(const Residual& residual, const LayerShape& place, CCode& code);
CSource c_source(const Residual&);

class ResidualOp {
 public:
  ResidualOp(const Residual& residual, const LayerBinding& binding, const ops::Device& device);

  void forward(const PassContext& context);
  void backward_data();
  void backward_weights();
  void tangent();
  void contract(std::span<const float> seeds);

 private:
  /// The bindings of the four layers within.
  struct Inside {
    LayerBinding first_activation, first, second_activation, second;
  };
  static Inside divide(const Residual& residual, const LayerBinding& binding);
  ResidualOp(const Residual& residual, const LayerBinding& binding, const Inside& inside,
             const ops::Device& device);
  void backward_second();

  LayerBinding binding_;
  ActivationOp first_activation_;
  ConvolutionOp first_;
  ActivationOp second_activation_;  // computed by first_
  ConvolutionOp second_;
};

}  // namespace ganymede::net
