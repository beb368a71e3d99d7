#include "io/networks/onnx_graph.h"

#include <bit>

namespace ganymede::io {

namespace {

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

void describe(onnx::ValueInfoProto& value, const std::string& name, onnx::TensorProto::DataType type,
              std::span<const std::int64_t> sizes) {
  value.set_name(name);
  onnx::TypeProto::Tensor& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  tensor.mutable_shape()->add_dim()->set_dim_param("batch");
  for (const std::int64_t size : sizes) {
    tensor.mutable_shape()->add_dim()->set_dim_value(size);
  }
}

template <class T>
void fill(onnx::TensorProto& tensor, const std::string& name, onnx::TensorProto::DataType type,
          std::span<const std::int64_t> sizes, std::span<const T> values) {
  tensor.set_name(name);
  tensor.set_data_type(type);
  tensor.mutable_dims()->Add(sizes.begin(), sizes.end());
  tensor.set_raw_data(values.data(), values.size_bytes());
}

onnx::AttributeProto& add_attribute(onnx::NodeProto& node, const std::string& name,
                                    onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

}  // namespace

void OnnxGraph::add_input(const std::string& name, onnx::TensorProto::DataType type,
                          std::span<const std::int64_t> sizes) {
  describe(*graph_.add_input(), name, type, sizes);
}

void OnnxGraph::add_output(const std::string& name, onnx::TensorProto::DataType type,
                           std::span<const std::int64_t> sizes) {
  describe(*graph_.add_output(), name, type, sizes);
}

std::string OnnxGraph::constant(const std::string& name, std::span<const std::int64_t> sizes,
                                std::span<const float> values) {
  fill(*graph_.add_initializer(), name, onnx::TensorProto::FLOAT, sizes, values);
  return name;
}

std::string OnnxGraph::constant(const std::string& name, std::span<const std::int64_t> values) {
  const auto size = static_cast<std::int64_t>(values.size());
  fill(*graph_.add_initializer(), name, onnx::TensorProto::INT64, std::span(&size, 1), values);
  return name;
}

onnx::NodeProto& OnnxGraph::add_node(const std::string& operation, const std::string& name,
                                     std::vector<std::string> inputs) {
  onnx::NodeProto& node = *graph_.add_node();
  node.set_op_type(operation);
  node.set_name(name);
  for (std::string& input : inputs) {
    *node.add_input() = std::move(input);
  }
  node.add_output(name);
  return node;
}

void OnnxGraph::rename_last_output(const std::string& name) {
  graph_.mutable_node(graph_.node_size() - 1)->set_output(0, name);
}

void set_attribute(onnx::NodeProto& node, const std::string& name, float value) {
  add_attribute(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void set_attribute(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  add_attribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void set_attribute(onnx::NodeProto& node, const std::string& name, std::span<const std::int64_t> values) {
  add_attribute(node, name, onnx::AttributeProto::INTS).mutable_ints()->Add(values.begin(), values.end());
}

void set_attribute(onnx::NodeProto& node, const std::string& name, const char* word) {
  add_attribute(node, name, onnx::AttributeProto::STRING).set_s(word);
}

}  // namespace ganymede::io
