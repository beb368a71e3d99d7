#include "extending/layers/absolute.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "net/exports/c_code.h"
#include "net/exports/onnx_graph.h"

namespace ganymede::net {

base::Shape output_shape(const Absolute&, const base::Shape& input) {
  return input;
}

void write_onnx(const Absolute& absolute, const LayerShape& place, OnnxGraph& graph) {
  graph.add({"Abs", place.part("magnitude"), {graph.value}});
  const std::string scale = graph.constant(place.part("scale"), {}, {absolute.scale});
  graph.add({"Mul", place.name, {graph.value, scale}});
}

void write_c(const Absolute& absolute, const LayerShape& place, CCode& code) {
  code.line(
      fmt::format("ganymede_absolute({}, {}, {:#}f);", code.here(), place.input.elements(), absolute.scale));
}

CSource c_source(const Absolute&) {
  return {.functions = R"c(
static inline void ganymede_absolute(float *data, int count, float scale) {
  for (int n = 0; n < count; ++n) {
    data[n] = scale * fabsf(data[n]);
  }
}
)c"};
}

void AbsoluteOp::forward(const PassContext&) {
  dispatch(binding_.src.dtype, [&]<class T>(T) {
    std::ranges::transform(binding_.src.as<const T>(), binding_.dst.as<T>().begin(),
                           [&](T x) { return T(scale_ * std::abs(static_cast<float>(x))); });
  });
}

void AbsoluteOp::backward_data() {
  multiply_by_slope(binding_.diff_dst, binding_.diff_src);
}

void AbsoluteOp::tangent() {
  multiply_by_slope(binding_.tangent_src, binding_.tangent_dst);
}

void AbsoluteOp::multiply_by_slope(const TensorRef& factors, const TensorRef& dst) const {
  dispatch(binding_.src.dtype, [&]<class T>(T) {
    std::ranges::transform(
        factors.as<const T>(), binding_.src.as<const T>(), dst.as<T>().begin(), [&](T factor, T x) {
          return T(static_cast<float>(factor) * std::copysign(scale_, static_cast<float>(x)));
        });
  });
}

}  // namespace ganymede::net
