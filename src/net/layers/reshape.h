#pragma once

#include "net/layer.h"

namespace ganymede::net {

/// The same elements in the same order under another shape.
struct Reshape {
  base::Shape shape;  ///< of a sample

  friend bool operator==(const Reshape&, const Reshape&) = default;
};

/// Reshape to [features].
struct Flatten {
  friend bool operator==(const Flatten&, const Flatten&) = default;
};

template <class Visitor>
void fields(Reshape& reshape, Visitor& visit) {
  visit.required("shape", reshape.shape);
}
template <class Visitor>
void fields(Flatten&, Visitor&) {}

inline LayerFacts facts(const Reshape&) {
  return {"reshape", "Reshape", Family::other, Memory::view, Response::piecewise_linear, Order::kept};
}

base::Shape output_shape(const Reshape& reshape, const base::Shape& input);
void write_onnx(const Reshape& reshape, const LayerShape& place, OnnxGraph& graph);
void write_c(const Reshape& reshape, const LayerShape& place, CCode& code);

inline LayerFacts facts(const Flatten&) {
  return {"flatten", "Flatten", Family::other, Memory::view, Response::piecewise_linear, Order::kept};
}

base::Shape output_shape(const Flatten& flatten, const base::Shape& input);
void write_onnx(const Flatten& flatten, const LayerShape& place, OnnxGraph& graph);
void write_c(const Flatten& flatten, const LayerShape& place, CCode& code);

/// Both share their memory with their input, so that there is nothing to compute.
class ReshapeOp {
 public:
  ReshapeOp(const Reshape&, const LayerBinding&, const ops::Device&) {}
  ReshapeOp(const Flatten&, const LayerBinding&, const ops::Device&) {}

  void forward(const PassContext&) {}
  void backward_data() {}
  void tangent() {}
};

}  // namespace ganymede::net
