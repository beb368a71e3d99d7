#pragma once

#include "net/layer.h"

namespace ganymede::net {

/// dst = scale |src|.
struct Absolute {
  float scale = 1.0F;

  friend bool operator==(const Absolute&, const Absolute&) = default;
};

template <class Visitor>
void fields(Absolute& absolute, Visitor& visit) {
  visit("scale", absolute.scale);
}

inline LayerFacts facts(const Absolute&) {
  return {"absolute", "Absolute", Family::activation, Memory::own, Response::piecewise_linear, Order::kept};
}

base::Shape output_shape(const Absolute& absolute, const base::Shape& input);
void write_onnx(const Absolute& absolute, const LayerShape& place, OnnxGraph& graph);
void write_c(const Absolute& absolute, const LayerShape& place, CCode& code);
CSource c_source(const Absolute&);

class AbsoluteOp {
 public:
  AbsoluteOp(const Absolute& absolute, const LayerBinding& binding, const ops::Device&)
      : binding_(binding), scale_(absolute.scale) {}

  void forward(const PassContext&);
  void backward_data();
  void tangent();

 private:
  /// dst = factors scale sign(src)
  void multiply_by_slope(const TensorRef& factors, const TensorRef& dst) const;

  LayerBinding binding_;
  float scale_;
};

}  // namespace ganymede::net
