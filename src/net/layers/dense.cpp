#include "net/layers/dense.h"

#include <fmt/format.h>

#include "base/error.h"
#include "net/contraction.h"
#include "net/exports/c_code.h"
#include "net/exports/onnx_graph.h"
#include "ops/elementwise/reduce.h"

namespace ganymede::net {

using base::DType;
using base::Shape;

Shape output_shape(const Dense& dense, const Shape& input) {
  if (input.rank() != 1) {
    throw base::Error(base::ErrorKind::configuration, {.where = "dense",
                                                       .found = "an input of shape " + input.to_string(),
                                                       .expected = "[features]",
                                                       .advice = "Put a flatten layer before it"});
  }
  return {dense.units};
}

std::vector<WeightDeclaration> declare(const Dense& dense, const Shape& input, Initializer initializer) {
  using enum WeightAxis::Elements;
  const Fans fans{input.back(), dense.units};
  std::vector<WeightDeclaration> declarations = {{.name = "weight",
                                                  .shape = {dense.units, input.back()},
                                                  .fill = weight_fill(initializer, fans),
                                                  .axes = {{0, of_output}, {1, of_input}}}};
  if (dense.bias) {
    declarations.push_back({.name = "bias",
                            .shape = {dense.units},
                            .fill = bias_fill(initializer, fans),
                            .axes = {{0, of_output}}});
  }
  return declarations;
}

namespace {

/// dst [batch, units] = epilogue(src [batch, features] weight^T).
ops::Matmul forward_matmul(const ops::Device& device, const TensorRef& src, const TensorRef& dst,
                           const ops::Epilogue& epilogue) {
  return {device,
          {.rows = src.shape[0],
           .inner = src.shape[1],
           .columns = dst.shape[1],
           .transpose_weights = true,
           .src = src.dtype,
           .weights = src.dtype,
           .dst = dst.dtype,
           .epilogue = epilogue}};
}

}  // namespace

DenseOp::DenseOp(const Dense& dense, const LayerBinding& binding, const ops::Device& device)
    : binding_(binding),
      forward_(forward_matmul(device, binding.src, binding.dst, {dense.bias, binding.epilogue})) {
  const std::int64_t batch = binding.src.shape[0];
  const std::int64_t features = binding.src.shape[1];
  const DType type = binding.src.dtype;
  if (binding.backward_data) {
    backward_data_.emplace(device, ops::MatmulCase{.rows = batch,
                                                   .inner = dense.units,
                                                   .columns = features,
                                                   .src = type,
                                                   .weights = type,
                                                   .dst = type});
  }
  if (binding.use->weight_gradients) {
    backward_weights_.emplace(device, ops::MatmulCase{.rows = dense.units,
                                                      .inner = batch,
                                                      .columns = features,
                                                      .transpose_src = true,
                                                      .src = type,
                                                      .weights = type});
  }
  if (binding.use->tangent) {
    tangent_.emplace(forward_matmul(device, binding.tangent_src, binding.tangent_dst, {}));
  }
}

void DenseOp::forward(const PassContext&) {
  forward_.run(binding_.src.data, binding_.parameters[0].compute, bias_of(binding_), binding_.dst.data);
}

void DenseOp::backward_data() {
  backward_data_->run(binding_.diff_dst.data, binding_.parameters[0].compute, nullptr,
                      binding_.diff_src.data);
}

void DenseOp::backward_weights() {
  backward_weights_->run(binding_.diff_dst.data, binding_.src.data, nullptr,
                         binding_.parameters[0].gradients.data());
  write_bias_gradient(binding_);
}

void DenseOp::contract(std::span<const float> seeds) {
  mix_tangents(seeds, binding_);
  backward_weights_->run(binding_.diff_dst.data, binding_.tangent_src.data, nullptr,
                         binding_.parameters[0].gradients.data());
  scale_deltas(seeds, binding_);
  write_bias_gradient(binding_);
}

void DenseOp::tangent() {
  tangent_->run(binding_.tangent_src.data, binding_.parameters[0].compute, nullptr,
                binding_.tangent_dst.data);
}

std::int64_t multiply_adds(const Dense&, const LayerShape& place) {
  return place.input.elements() * place.output.elements();
}

void write_onnx(const Dense& dense, const LayerShape& place, OnnxGraph& graph) {
  graph.add({"Gemm", place.name, graph.with_weights(place, dense.bias), {{"transB", 1}}});
}

void write_c(const Dense& dense, const LayerShape& place, CCode& code) {
  const std::string weight = code.weight(place.part("weight"));
  const std::string bias = code.weight(place.part("bias"), dense.bias);
  code.line(fmt::format("ganymede_dense({}, {}, {}, {}, {}, {});", code.here(), weight, bias,
                        place.input.back(), dense.units, code.there()));
  code.turn();
}

CSource c_source(const Dense&) {
  return {.functions = R"c(
// dst [units] = weight [units, features] src [features] + bias [units]
static inline void ganymede_dense(const float *src, const float *weight, const float *bias, int features,
                                  int units, float *dst) {
  for (int unit = 0; unit < units; ++unit) {
    float sum = bias ? bias[unit] : 0.0f;
    for (int n = 0; n < features; ++n) {
      sum += weight[unit * features + n] * src[n];
    }
    dst[unit] = sum;
  }
}
)c"};
}

}  // namespace ganymede::net
