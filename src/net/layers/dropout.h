#pragma once

#include "net/layer.h"

namespace ganymede::net {

/// In training each element is dropped with probability `rate` and the others are scaled up (Srivastava et
/// al. 2014).
struct Dropout {
  float rate = 0.5F;

  friend bool operator==(const Dropout&, const Dropout&) = default;
};

template <class Visitor>
void fields(Dropout& dropout, Visitor& visit) {
  visit.required("rate", dropout.rate);
}

inline LayerFacts facts(const Dropout&) {
  return {"dropout", "Dropout", Family::other, Memory::over_input, Response::piecewise_linear, Order::kept};
}

base::Shape output_shape(const Dropout& dropout, const base::Shape& input);
/// A byte an element: whether it was kept.
std::size_t scratch_bytes(const Dropout& dropout, const base::Shape& input, const Use& use);
void write_onnx(const Dropout& dropout, const LayerShape& place, OnnxGraph& graph);
void write_c(const Dropout& dropout, const LayerShape& place, CCode& code);

class DropoutOp {
 public:
  DropoutOp(const Dropout& dropout, const LayerBinding& binding, const ops::Device& device);

  void forward(const PassContext& context);
  void backward_data();
  void tangent();

 private:
  void apply(const TensorRef& src, const TensorRef& dst);

  LayerBinding binding_;
  float rate_;
  std::span<std::uint8_t> kept_;  // [batch, ...]
};

}  // namespace ganymede::net
