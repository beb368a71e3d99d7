#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ganymede::io {

/// An ONNX graph that grows by a node at a time. Values are known by their names.
class OnnxGraph {
 public:
  explicit OnnxGraph(onnx::GraphProto& graph) : graph_(graph) {}

  /// A tensor [batch, ...sizes] that the graph takes or gives.
  void add_input(const std::string& name, onnx::TensorProto::DataType type,
                 std::span<const std::int64_t> sizes);
  void add_output(const std::string& name, onnx::TensorProto::DataType type,
                  std::span<const std::int64_t> sizes);

  /// A constant tensor; returns its name. Values are stored as little-endian bytes.
  std::string constant(const std::string& name, std::span<const std::int64_t> sizes,
                       std::span<const float> values);
  std::string constant(const std::string& name, std::span<const std::int64_t> values);

  /// A node with one output, named as the node is; returns the node, for its attributes.
  onnx::NodeProto& add_node(const std::string& operation, const std::string& name,
                            std::vector<std::string> inputs);
  /// Gives the newest node's output another name.
  void rename_last_output(const std::string& name);
  bool empty() const { return graph_.node_size() == 0; }

 private:
  onnx::GraphProto& graph_;
};

void set_attribute(onnx::NodeProto& node, const std::string& name, float value);
void set_attribute(onnx::NodeProto& node, const std::string& name, std::int64_t value);
void set_attribute(onnx::NodeProto& node, const std::string& name, std::span<const std::int64_t> values);
void set_attribute(onnx::NodeProto& node, const std::string& name, const char* word);

}  // namespace ganymede::io
