#include "artifacts/exports/onnx_format.h"

#include <fmt/format.h>

#include <span>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/host.h"
#include "io/files/file.h"
#include "io/networks/channels_first.h"
#include "io/networks/onnx.h"

namespace ganymede::artifacts {

namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const SavedNetwork& network, const ExportOptions& options) {
  const PortNames names = port_names(network.spec);
  const train::PixelRange& range = network.info.recipe.pixel_range;
  io::OnnxOptions onnx = {.input = names.input,
                          .output = names.output,
                          .description = about(network),
                          .program_version = base::version()};
  describe(network, onnx.metadata);
  onnx.metadata["pixel_low"] = fmt::format("{}", range.low);
  onnx.metadata["pixel_high"] = fmt::format("{}", range.high);
  onnx.metadata["weights_sha256"] = weights_sha256(network.weights);
  if (options.bytes) {
    onnx.bytes = io::ByteRange{range.low, range.high};
  }
  io::write_file(path, io::to_onnx(network.spec, network.weights, onnx));
}

/// An ONNX model's graph is not run here.
std::string verify(const fs::path& path, const CardFacts& facts) {
  const auto compare = [&](auto network) {
    return compare_with_card(path, network.spec, network.weights, facts);
  };
  const std::string compared =
      facts.network == "classifier" ? compare(read_classifier_onnx(path)) : compare(read_onnx(path));
  return compared + "; the graph itself was not run, only its SHA-256 compared";
}

io::OnnxContents parse_model(const fs::path& path) {
  constexpr std::size_t largest_model = std::size_t{1} << 31;
  return io::parse_onnx(io::read_file(path, largest_model), path.string());
}

net::Weights weights_of(const io::OnnxContents& model, const net::NetSpec& spec, const fs::path& path) {
  return io::from_channels_first(spec, [&](const io::ChannelsFirstTensor& tensor) {
    const auto found = model.tensors.find(tensor.name);
    const std::span values = found == model.tensors.end() ? std::span<const float>() : found->second;
    if (values.size() != tensor.source.size()) {
      throw base::Error(base::ErrorKind::file,
                        {.where = path.string(),
                         .found = fmt::format("{} values for the tensor \"{}\"", values.size(), tensor.name),
                         .expected = std::to_string(tensor.source.size()),
                         .advice = "The model and the recipe in its metadata do not belong together"});
    }
    return values;
  });
}

}  // namespace

ExportFormat onnx_format() {
  return {.name = "onnx", .extension = ".onnx", .discriminators = true, .write = write, .verify = verify};
}

void write_classifier_onnx(const fs::path& path, const ClassifierNetwork& network, const std::string& about) {
  io::OnnxOptions onnx = {
      .input = "image", .output = "logits", .description = about, .program_version = base::version()};
  onnx.metadata = {{"network", network.spec.name},
                   {"pixel_low", "0"},
                   {"pixel_high", "1"},
                   {"weights_sha256", weights_sha256(network.weights)}};
  describe(network.info, onnx.metadata);
  io::write_file(path, io::to_onnx(network.spec, network.weights, onnx));
}

SavedNetwork read_onnx(const fs::path& path) {
  const io::OnnxContents model = parse_model(path);
  GeneratorInfo info = read_info(model.metadata, path);
  net::NetSpec spec = exported_spec(model.metadata, info.recipe, path);
  net::Weights weights = weights_of(model, spec, path);
  return {std::move(info), std::move(spec), std::move(weights)};
}

ClassifierNetwork read_classifier_onnx(const fs::path& path) {
  const io::OnnxContents model = parse_model(path);
  ClassifierInfo info = read_classifier_info(model.metadata, path);
  net::NetSpec spec = train::classifier_spec(info.recipe, model.input);
  net::Weights weights = weights_of(model, spec, path);
  return {std::move(info), std::move(spec), std::move(weights)};
}

}  // namespace ganymede::artifacts
