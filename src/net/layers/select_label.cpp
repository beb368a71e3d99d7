#include "net/layers/select_label.h"

#include <fmt/format.h>

#include "base/error.h"
#include "net/exports/c_code.h"
#include "net/exports/onnx_graph.h"
#include "ops/elementwise/select.h"

namespace ganymede::net {

base::Shape output_shape(const SelectLabel& select, const base::Shape& input) {
  if (select.classes < 2 || input != base::Shape{select.classes}) {
    throw base::Error(
        base::ErrorKind::configuration,
        {.where = "select_label",
         .found = fmt::format("{} classes and an input of shape {}", select.classes, input.to_string()),
         .expected = "two classes or more, and a feature for each",
         .advice = fmt::format("Put {{ kind = \"dense\", units = {} }} before it", select.classes)});
  }
  return {1};
}

SelectLabelOp::SelectLabelOp(const SelectLabel&, const LayerBinding& binding, const ops::Device&)
    : binding_(binding) {}

void SelectLabelOp::forward(const PassContext&) {
  dispatch(binding_.dst.dtype, [&]<class T>(T) {
    ops::select<T>(binding_.src.as<const T>(), binding_.labels, binding_.dst.as<T>());
  });
}

void SelectLabelOp::backward_data() {
  dispatch(binding_.diff_dst.dtype, [&]<class T>(T) {
    ops::select_backward<T>(binding_.diff_dst.as<const T>(), binding_.labels, binding_.diff_src.as<T>());
  });
}

void SelectLabelOp::tangent() {
  dispatch(binding_.tangent_dst.dtype, [&]<class T>(T) {
    ops::select<T>(binding_.tangent_src.as<const T>(), binding_.labels, binding_.tangent_dst.as<T>());
  });
}

void write_onnx(const SelectLabel&, const LayerShape& place, OnnxGraph& graph) {
  const std::string axes = graph.constant(place.part("axes"), {1});
  const std::string input = graph.value;
  graph.add({"Unsqueeze", place.part("column"), {onnx_label, axes}});
  graph.add({"GatherElements", place.name, {input, graph.value}, {{"axis", 1}}});
}

void write_c(const SelectLabel&, const LayerShape&, CCode& code) {
  code.line(fmt::format("{0}[0] = {0}[label];", code.here()));
}

}  // namespace ganymede::net
