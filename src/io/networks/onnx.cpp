#include "io/networks/onnx.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "io/networks/channels_first.h"
#include "net/exports/onnx_graph.h"

namespace ganymede::io {

namespace {

using Sizes = std::vector<std::int64_t>;
using onnx::TensorProto;

constexpr const char* producer = "ganymede";
constexpr std::int64_t ir_version = 7;
constexpr std::int64_t operator_set = 13;

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

/// A tensor [batch, ...sizes] that the graph takes or gives.
void describe(onnx::ValueInfoProto& value, const std::string& name, TensorProto::DataType type,
              const Sizes& sizes) {
  value.set_name(name);
  onnx::TypeProto::Tensor& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  tensor.mutable_shape()->add_dim()->set_dim_param("batch");
  for (const std::int64_t size : sizes) {
    tensor.mutable_shape()->add_dim()->set_dim_value(size);
  }
}

void fill(TensorProto& tensor, const net::OnnxConstant& constant) {
  tensor.set_name(constant.name);
  tensor.mutable_dims()->Add(constant.sizes.begin(), constant.sizes.end());
  std::visit(
      [&]<class T>(const std::vector<T>& values) {
        tensor.set_data_type(std::is_same_v<T, float> ? TensorProto::FLOAT : TensorProto::INT64);
        tensor.set_raw_data(values.data(), values.size() * sizeof(T));
      },
      constant.values);
}

void fill(onnx::AttributeProto& attribute, const net::OnnxAttribute& from) {
  using Proto = onnx::AttributeProto;
  attribute.set_name(from.name);
  if (const auto* whole = std::get_if<std::int64_t>(&from.value)) {
    attribute.set_type(Proto::INT);
    attribute.set_i(*whole);
  } else if (const auto* number = std::get_if<float>(&from.value)) {
    attribute.set_type(Proto::FLOAT);
    attribute.set_f(*number);
  } else if (const auto* sizes = std::get_if<Sizes>(&from.value)) {
    attribute.set_type(Proto::INTS);
    attribute.mutable_ints()->Add(sizes->begin(), sizes->end());
  } else {
    attribute.set_type(Proto::STRING);
    attribute.set_s(std::get<std::string>(from.value));
  }
}

void fill(onnx::GraphProto& proto, const net::OnnxGraph& graph) {
  for (const net::OnnxNode& from : graph.nodes) {
    onnx::NodeProto& node = *proto.add_node();
    node.set_op_type(from.operation);
    node.set_name(from.name);
    for (const std::string& input : from.inputs) {
      node.add_input(input);
    }
    node.add_output(from.name);
    for (const net::OnnxAttribute& attribute : from.attributes) {
      fill(*node.add_attribute(), attribute);
    }
  }
  for (const net::OnnxConstant& constant : graph.constants) {
    fill(*proto.add_initializer(), constant);
  }
}

/// Images as bytes: floor(255 (value - low) / (high - low) + 1/2), clipped, in three channels.
void append_bytes(net::OnnxGraph& graph, const ByteRange& range) {
  constexpr float white = 255.0F;
  const float scale = white / (range.high - range.low);
  const auto scalar = [&](const char* name, float value) { return graph.constant(name, {}, {value}); };
  graph.add({"Mul", "scaled", {graph.value, scalar("byte_scale", scale)}});
  graph.add({"Add", "shifted", {"scaled", scalar("byte_shift", 0.5F - range.low * scale)}});
  const std::string black = scalar("byte_black", 0.0F);
  graph.add({"Clip", "clipped", {"shifted", black, scalar("byte_white", white)}});
  graph.add({"Floor", "rounded", {"clipped"}});
  graph.add({"Expand", "coloured", {"rounded", graph.constant("colours", {1, 3, 1, 1})}});
  graph.add({"Cast", "bytes", {"coloured"}, {{"to", std::int64_t{TensorProto::UINT8}}}});
}

/// The shape of a sample of the model's first input, as the network sees it; a scalar's where it has none.
base::Shape sample_shape(const onnx::GraphProto& graph) {
  Sizes sizes;
  if (graph.input_size() > 0) {
    for (const auto& dimension : graph.input(0).type().tensor_type().shape().dim()) {
      sizes.push_back(dimension.dim_value());
    }
  }
  if (sizes.size() < 2) {
    return {};
  }
  sizes.erase(sizes.begin());                                  // the batch
  std::rotate(sizes.begin(), sizes.begin() + 1, sizes.end());  // the channels
  return base::Shape(sizes);
}

}  // namespace

std::string to_onnx(const net::NetSpec& spec, const net::Weights& weights, const OnnxOptions& options) {
  onnx::ModelProto model;
  model.set_ir_version(ir_version);
  model.set_producer_name(producer);
  model.set_producer_version(options.program_version);
  model.set_doc_string(options.description);
  model.add_opset_import()->set_version(operator_set);
  for (const auto& [key, value] : options.metadata) {
    onnx::StringStringEntryProto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  net::OnnxGraph graph = net::to_onnx_graph(spec, options.input);
  if (options.bytes) {
    append_bytes(graph, *options.bytes);
  } else if (graph.nodes.empty()) {
    graph.add({"Identity", options.output, {graph.value}});
  }
  const std::vector<ChannelsFirstTensor> layout = channels_first_layout(spec);
  for (std::size_t n = 0; n < layout.size(); ++n) {
    const std::span<const std::int64_t> sizes = layout[n].shape.sizes();
    graph.constant(layout[n].name, {sizes.begin(), sizes.end()},
                   to_channels_first(layout[n], weights.values(weights.table()[n])));
  }
  onnx::GraphProto& proto = *model.mutable_graph();
  proto.set_name(spec.name);
  fill(proto, graph);
  proto.mutable_node(proto.node_size() - 1)->set_output(0, options.output);
  Sizes output = net::channels_first(net::output_shape(spec));
  if (options.bytes) {
    output.front() = 3;
  }
  describe(*proto.add_input(), options.input, TensorProto::FLOAT, net::channels_first(spec.input));
  if (net::label_classes(spec) > 0) {
    describe(*proto.add_input(), net::onnx_label, TensorProto::INT64, {});
  }
  describe(*proto.add_output(), options.output, options.bytes ? TensorProto::UINT8 : TensorProto::FLOAT,
           output);
  return model.SerializeAsString();
}

OnnxContents parse_onnx(std::span<const std::byte> bytes, const std::string& where) {
  const auto refuse = [&](const char* found) {
    throw base::Error(base::ErrorKind::file, {.where = where,
                                              .found = found,
                                              .expected = "one that Ganymede wrote",
                                              .advice = "Export the network again"});
  };
  onnx::ModelProto model;
  if (bytes.size() > std::numeric_limits<int>::max() ||
      !model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    refuse("no ONNX model");
  }
  if (model.producer_name() != producer) {
    refuse("an ONNX model of another program");
  }
  OnnxContents contents{.network = model.graph().name(), .input = {}, .metadata = {}, .tensors = {}};
  try {
    contents.input = sample_shape(model.graph());
  } catch (const base::Error&) {
    refuse("an ONNX model with an input of no size");
  }
  for (const onnx::StringStringEntryProto& entry : model.metadata_props()) {
    contents.metadata[entry.key()] = entry.value();
  }
  for (const TensorProto& tensor : model.graph().initializer()) {
    const std::string& data = tensor.raw_data();
    if (tensor.data_type() == TensorProto::FLOAT) {
      std::vector<float>& values = contents.tensors[tensor.name()];
      values.resize(data.size() / sizeof(float));
      std::copy_n(data.data(), values.size() * sizeof(float), reinterpret_cast<char*>(values.data()));
    }
  }
  return contents;
}

}  // namespace ganymede::io
