#include "io/networks/onnx.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/networks/channels_first.h"
#include "io/networks/onnx_graph.h"

namespace ganymede::io {

namespace {

using Sizes = std::vector<std::int64_t>;
using onnx::TensorProto;

constexpr const char* producer = "ganymede";
constexpr std::int64_t ir_version = 7;
constexpr std::int64_t operator_set = 13;
constexpr const char* label_name = "label";

/// The sizes of a sample with the channels first.
Sizes channels_first(const base::Shape& sample) {
  Sizes sizes(sample.sizes().begin(), sample.sizes().end());
  std::rotate(sizes.begin(), sizes.end() - 1, sizes.end());
  return sizes;
}

/// Appends a layer's nodes to the graph; returns the name of the layer's output.
struct LayerWriter {
  OnnxGraph& graph;
  const net::LayerShape& layer;
  const std::string& input;  ///< a value's name

  std::string operator()(const net::Dense& dense) const {
    onnx::NodeProto& node = graph.add_node("Gemm", layer.name, inputs(dense.bias));
    set_attribute(node, "transB", std::int64_t{1});
    return layer.name;
  }

  std::string operator()(const net::Convolution& convolution) const {
    const net::ConvolutionAxis vertical = net::convolution_axis(convolution, layer.input[0]);
    const net::ConvolutionAxis horizontal = net::convolution_axis(convolution, layer.input[1]);
    onnx::NodeProto& node = graph.add_node(convolution.transposed ? "ConvTranspose" : "Conv", layer.name,
                                           inputs(convolution.bias));
    set_attribute(node, "kernel_shape", Sizes{convolution.kernel, convolution.kernel});
    set_attribute(node, "strides", Sizes{convolution.stride, convolution.stride});
    set_attribute(node, "pads",
                  Sizes{vertical.pad_begin, horizontal.pad_begin, vertical.pad_end, horizontal.pad_end});
    if (convolution.transposed) {
      set_attribute(node, "output_padding",
                    Sizes{output_padding(convolution, vertical, layer.input[0]),
                          output_padding(convolution, horizontal, layer.input[1])});
    }
    return layer.name;
  }

  /// The layers within are written under their own names, the same image going round them.
  std::string operator()(const net::Residual& residual) const {
    const base::Shape middle = net::output_shape(net::first_of(residual), layer.input);
    const auto part = [&](const char* name, const base::Shape& in, const base::Shape& out,
                          const std::string& from, const auto& inner) {
      const net::LayerShape shape{tensor(name), in, out};
      return LayerWriter{graph, shape, from}(inner);
    };
    const net::Activation activation = net::activation_of(residual);
    std::string value = part("first_activation", layer.input, layer.input, input, activation);
    value = part("first", layer.input, middle, value, net::first_of(residual));
    value = part("second_activation", middle, middle, value, activation);
    value = part("second", middle, layer.output, value, net::second_of(residual, layer.input.back()));
    graph.add_node("Add", layer.name, {input, value});
    return layer.name;
  }

  std::string operator()(const net::Upsample& upsample) const {
    const auto factor = static_cast<float>(upsample.factor);
    const bool nearest = upsample.mode == net::Upsample::Mode::nearest;
    onnx::NodeProto& node = graph.add_node(
        "Resize", layer.name,
        {input, "", graph.constant(tensor("scales"), Sizes{4}, std::array{1.0F, 1.0F, factor, factor})});
    set_attribute(node, "mode", nearest ? "nearest" : "linear");
    set_attribute(node, "coordinate_transformation_mode", nearest ? "asymmetric" : "half_pixel");
    set_attribute(node, "nearest_mode", "floor");
    return layer.name;
  }

  std::string operator()(const net::AveragePool& pool) const {
    onnx::NodeProto& node = graph.add_node("AveragePool", layer.name, {input});
    set_attribute(node, "kernel_shape", Sizes{pool.factor, pool.factor});
    set_attribute(node, "strides", Sizes{pool.factor, pool.factor});
    return layer.name;
  }

  std::string operator()(const net::Activation& activation) const {
    switch (activation.function) {
      case ops::Function::leaky_relu:
        set_attribute(graph.add_node("LeakyRelu", layer.name, {input}), "alpha", activation.slope);
        break;
      case ops::Function::relu:
        graph.add_node("Relu", layer.name, {input});
        break;
      case ops::Function::tanh:
        graph.add_node("Tanh", layer.name, {input});
        break;
      case ops::Function::sigmoid:
        graph.add_node("Sigmoid", layer.name, {input});
        break;
    }
    return layer.name;
  }

  std::string operator()(const net::BatchNorm& batch_norm) const {
    onnx::NodeProto& node = graph.add_node(
        "BatchNormalization", layer.name,
        {input, tensor("weight"), tensor("bias"), tensor("running_mean"), tensor("running_var")});
    set_attribute(node, "epsilon", batch_norm.epsilon);
    return layer.name;
  }

  /// Inference drops nothing.
  std::string operator()(const net::Dropout&) const { return input; }

  std::string operator()(const net::Reshape&) const {
    Sizes sizes = channels_first(layer.output);
    sizes.insert(sizes.begin(), -1);
    graph.add_node("Reshape", layer.name, {input, graph.constant(tensor("shape"), sizes)});
    return layer.name;
  }

  std::string operator()(const net::Flatten&) const {
    graph.add_node("Flatten", layer.name, {input});
    return layer.name;
  }

  std::string operator()(const net::JoinLabel& join) const {
    constexpr std::array off_and_on = {0.0F, 1.0F};
    graph.add_node("OneHot", tensor("one_hot"),
                   {label_name, graph.constant(tensor("classes"), Sizes{join.classes}),
                    graph.constant(tensor("values"), Sizes{2}, off_and_on)});
    std::string one_hot = tensor("one_hot");
    if (layer.input.rank() == 3) {
      graph.add_node("Unsqueeze", tensor("pixel"), {one_hot, graph.constant(tensor("axes"), Sizes{2, 3})});
      graph.add_node(
          "Expand", tensor("planes"),
          {tensor("pixel"), graph.constant(tensor("size"), Sizes{1, 1, layer.input[0], layer.input[1]})});
      one_hot = tensor("planes");
    }
    set_attribute(graph.add_node("Concat", layer.name, {input, one_hot}), "axis", std::int64_t{1});
    return layer.name;
  }

  std::string operator()(const net::SelectLabel&) const {
    graph.add_node("Unsqueeze", tensor("column"), {label_name, graph.constant(tensor("axes"), Sizes{1})});
    set_attribute(graph.add_node("GatherElements", layer.name, {input, tensor("column")}), "axis",
                  std::int64_t{1});
    return layer.name;
  }

 private:
  std::string tensor(const std::string& name) const { return layer.name + "." + name; }

  std::vector<std::string> inputs(bool bias) const {
    std::vector<std::string> names = {input, tensor("weight")};
    if (bias) {
      names.push_back(tensor("bias"));
    }
    return names;
  }

  /// How much longer the output is than the kernel reaches: a stride beyond the kernel's size.
  static std::int64_t output_padding(const net::Convolution& convolution, const net::ConvolutionAxis& axis,
                                     std::int64_t in) {
    return axis.out + axis.pad_begin + axis.pad_end - (in - 1) * convolution.stride - convolution.kernel;
  }
};

/// Images as bytes: floor(255 (value - low) / (high - low) + 1/2), clipped, in three channels.
std::string append_bytes(OnnxGraph& graph, const std::string& input, const ByteRange& range) {
  constexpr float white = 255.0F;
  const float scale = white / (range.high - range.low);
  const auto scalar = [&](const char* name, float value) {
    return graph.constant(name, Sizes{}, std::array{value});
  };
  graph.add_node("Mul", "scaled", {input, scalar("byte_scale", scale)});
  graph.add_node("Add", "shifted", {"scaled", scalar("byte_shift", 0.5F - range.low * scale)});
  graph.add_node("Clip", "clipped", {"shifted", scalar("byte_black", 0.0F), scalar("byte_white", white)});
  graph.add_node("Floor", "rounded", {"clipped"});
  graph.add_node("Expand", "coloured", {"rounded", graph.constant("colours", Sizes{1, 3, 1, 1})});
  set_attribute(graph.add_node("Cast", "bytes", {"coloured"}), "to", std::int64_t{TensorProto::UINT8});
  return "bytes";
}

void append_network(OnnxGraph& graph, const net::NetSpec& spec, const OnnxOptions& options) {
  const std::vector<net::LayerShape> shapes = net::infer_shapes(spec);
  graph.add_input(options.input, TensorProto::FLOAT, channels_first(spec.input));
  if (net::label_classes(spec) > 0) {
    graph.add_input(label_name, TensorProto::INT64, {});
  }
  std::string value = options.input;
  for (std::size_t n = 0; n < shapes.size(); ++n) {
    value = std::visit(LayerWriter{graph, shapes[n], value}, spec.layers[n]);
  }
  Sizes output = channels_first(net::output_shape(spec));
  if (options.bytes) {
    append_bytes(graph, value, *options.bytes);
    output.front() = 3;
  } else if (value == options.input) {
    graph.add_node("Identity", options.output, {value});
  }
  graph.rename_last_output(options.output);
  graph.add_output(options.output, options.bytes ? TensorProto::UINT8 : TensorProto::FLOAT, output);
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
  model.mutable_graph()->set_name(spec.name);
  OnnxGraph graph(*model.mutable_graph());
  append_network(graph, spec, options);
  const std::vector<ChannelsFirstTensor> layout = channels_first_layout(spec);
  for (std::size_t n = 0; n < layout.size(); ++n) {
    graph.constant(layout[n].name, layout[n].shape.sizes(),
                   to_channels_first(layout[n], weights.values(weights.table()[n])));
  }
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
