#include "net/exports/onnx_graph.h"

#include <algorithm>

#include "net/spec.h"

namespace ganymede::net {

std::vector<std::string> OnnxGraph::with_weights(const LayerShape& place, bool bias) const {
  std::vector<std::string> names = {value, place.part("weight")};
  if (bias) {
    names.push_back(place.part("bias"));
  }
  return names;
}

OnnxGraph to_onnx_graph(const NetSpec& spec, const std::string& input) {
  OnnxGraph graph{input};
  const std::vector<LayerShape> shapes = infer_shapes(spec);
  for (std::size_t n = 0; n < shapes.size(); ++n) {
    std::visit([&](const auto& layer) { write_onnx(layer, shapes[n], graph); }, spec.layers[n]);
  }
  return graph;
}

std::vector<std::int64_t> channels_first(const base::Shape& sample) {
  std::vector<std::int64_t> sizes(sample.sizes().begin(), sample.sizes().end());
  std::rotate(sizes.begin(), sizes.end() - 1, sizes.end());
  return sizes;
}

}  // namespace ganymede::net
