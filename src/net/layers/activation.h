#pragma once

#include "net/layer.h"
#include "ops/elementwise/activation.h"

namespace ganymede::net {

/// An elementwise function, computed in place.
using Activation = ops::Activation;

template <class Visitor>
void fields(Activation& activation, Visitor& visit) {
  if (activation.has_slope()) {
    visit("slope", activation.slope);
  }
}

/// A function each.
std::vector<Activation> forms(const Activation& activation);
LayerFacts facts(const Activation& activation);
base::Shape output_shape(const Activation& activation, const base::Shape& input);
void write_onnx(const Activation& activation, const LayerShape& place, OnnxGraph& graph);
void write_c(const Activation& activation, const LayerShape& place, CCode& code);
CSource c_source(const Activation&);

class ActivationOp {
 public:
  ActivationOp(const Activation& activation, const LayerBinding& binding, const ops::Device& device);

  void forward(const PassContext& context);
  void backward_data();
  void tangent();

 private:
  void multiply_by_derivative(const TensorRef& src, const TensorRef& dst);

  LayerBinding binding_;
  Activation activation_;
};

}  // namespace ganymede::net
