#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "net/layer.h"

/// A network in ONNX' terms (operator set 13), as data. Images have the channels first there, weights are
/// known by PyTorch's names. Each layer has a function
///   void write_onnx(const Kind& layer, const LayerShape& place, OnnxGraph& graph)
/// which adds what the layer is in inference behind graph.value.
namespace ganymede::net {

/// The value [batch] of the labels.
inline constexpr const char* onnx_label = "label";

struct NetSpec;

struct OnnxAttribute {
  std::string name;
  std::variant<std::int64_t, float, std::vector<std::int64_t>, std::string> value;
};

/// An operation with one output, which is named as the node is.
struct OnnxNode {
  std::string operation;
  std::string name;
  std::vector<std::string> inputs;
  std::vector<OnnxAttribute> attributes = {};
};

/// A tensor of floats or of whole numbers.
struct OnnxConstant {
  std::string name;
  std::vector<std::int64_t> sizes;
  std::variant<std::vector<float>, std::vector<std::int64_t>> values;
};

/// Nodes in the order in which they are computed, and what they read beside each other's outputs.
struct OnnxGraph {
  std::string value;  ///< the newest: the graph's input, then the output of the last node
  std::vector<OnnxNode> nodes = {};
  std::vector<OnnxConstant> constants = {};

  void add(OnnxNode node) { value = nodes.emplace_back(std::move(node)).name; }
  /// Returns the constant's name.
  std::string constant(std::string name, std::vector<std::int64_t> sizes, std::vector<float> values) {
    return constants.emplace_back(OnnxConstant{std::move(name), std::move(sizes), std::move(values)}).name;
  }
  /// [values]
  std::string constant(std::string name, std::vector<std::int64_t> values) {
    const auto size = static_cast<std::int64_t>(values.size());
    return constants.emplace_back(OnnxConstant{std::move(name), {size}, std::move(values)}).name;
  }
  /// What an operation reads that has weights: the newest value, "weight" and, where there is one, "bias".
  std::vector<std::string> with_weights(const LayerShape& place, bool bias) const;
};

/// The network behind the value named `input`.
OnnxGraph to_onnx_graph(const NetSpec& spec, const std::string& input);

/// The sizes of a sample with the channels first.
std::vector<std::int64_t> channels_first(const base::Shape& sample);

}  // namespace ganymede::net
