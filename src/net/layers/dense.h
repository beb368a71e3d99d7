#pragma once

#include <optional>

#include "net/layer.h"
#include "ops/matmul.h"

namespace ganymede::net {

/// dst [batch, units] = src [batch, features] weight^T + bias, with weight [units, features] and bias
/// [units].
struct Dense {
  std::int64_t units = 1;
  bool bias = true;

  friend bool operator==(const Dense&, const Dense&) = default;
};

template <class Visitor>
void fields(Dense& dense, Visitor& visit) {
  visit.required("units", dense.units);
  visit("bias", dense.bias);
}

inline LayerFacts facts(const Dense&) {
  return {"dense", "Dense", Family::dense, Memory::product, Response::piecewise_linear, Order::mixed};
}

base::Shape output_shape(const Dense& dense, const base::Shape& input);
std::vector<WeightDeclaration> declare(const Dense& dense, const base::Shape& input, Initializer initializer);
std::int64_t multiply_adds(const Dense& dense, const LayerShape& place);
void write_onnx(const Dense& dense, const LayerShape& place, OnnxGraph& graph);
void write_c(const Dense& dense, const LayerShape& place, CCode& code);
CSource c_source(const Dense&);

class DenseOp {
 public:
  DenseOp(const Dense& dense, const LayerBinding& binding, const ops::Device& device);

  void forward(const PassContext& context);
  void backward_data();
  void backward_weights();
  void tangent();
  void contract(std::span<const float> seeds);

 private:
  LayerBinding binding_;
  ops::Matmul forward_;
  std::optional<ops::Matmul> backward_data_, backward_weights_, tangent_;
};

}  // namespace ganymede::net
