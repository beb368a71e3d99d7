#include "net/layers/reshape.h"

#include <fmt/format.h>

#include "base/error.h"
#include "net/exports/onnx_graph.h"

namespace ganymede::net {

base::Shape output_shape(const Reshape& reshape, const base::Shape& input) {
  if (reshape.shape.elements() != input.elements()) {
    throw base::Error(base::ErrorKind::configuration,
                      {.where = "reshape",
                       .found = fmt::format("shape {} for an input of shape {}", reshape.shape.to_string(),
                                            input.to_string()),
                       .expected = fmt::format("a shape of {} elements", input.elements()),
                       .advice = "Correct the shape or the layer before it"});
  }
  return reshape.shape;
}

base::Shape output_shape(const Flatten&, const base::Shape& input) {
  return {input.elements()};
}

void write_onnx(const Reshape&, const LayerShape& place, OnnxGraph& graph) {
  std::vector<std::int64_t> sizes = channels_first(place.output);
  sizes.insert(sizes.begin(), -1);
  graph.add({"Reshape", place.name, {graph.value, graph.constant(place.part("shape"), std::move(sizes))}});
}

void write_onnx(const Flatten&, const LayerShape& place, OnnxGraph& graph) {
  graph.add({"Flatten", place.name, {graph.value}});
}

void write_c(const Reshape&, const LayerShape&, CCode&) {}
void write_c(const Flatten&, const LayerShape&, CCode&) {}

}  // namespace ganymede::net
