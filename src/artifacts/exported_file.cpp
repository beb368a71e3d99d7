#include "artifacts/exported_file.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "artifacts/tensor_file.h"
#include "base/error.h"
#include "io/files/file.h"
#include "io/networks/channels_first.h"
#include "io/networks/onnx.h"

namespace ganymede::artifacts {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view format = "ganymede-pytorch";

/// The network that an export's metadata describe.
net::NetSpec exported_spec(const io::Metadata& metadata, const train::Recipe& recipe, const fs::path& path) {
  net::NetSpec generator = train::generator_spec(recipe);
  return metadata_value(metadata, "network", path) == "discriminator"
             ? train::discriminator_spec(recipe, net::output_shape(generator))
             : generator;
}

io::OnnxContents parse_model(const fs::path& path) {
  constexpr std::size_t largest_model = std::size_t{1} << 31;
  return io::parse_onnx(io::read_file(path, largest_model), path.string());
}

net::Weights weights_of(const io::OnnxContents& model, const net::NetSpec& spec, const fs::path& path) {
  net::Weights weights(spec);
  const auto layout = io::channels_first_layout(spec);
  for (std::size_t n = 0; n < layout.size(); ++n) {
    const auto found = model.tensors.find(layout[n].name);
    if (found == model.tensors.end() || found->second.size() != layout[n].source.size()) {
      throw base::Error(
          base::ErrorKind::file,
          {.where = path.string(),
           .found = fmt::format("{} values for the tensor \"{}\"",
                                found == model.tensors.end() ? 0 : found->second.size(), layout[n].name),
           .expected = std::to_string(layout[n].source.size()),
           .advice = "The model and the recipe in its metadata do not belong together"});
    }
    io::from_channels_first(layout[n], found->second, weights.values(weights.table()[n]));
  }
  weights.refresh_shadow();
  return weights;
}

}  // namespace

void describe(const SavedNetwork& network, io::Metadata& metadata) {
  metadata["network"] = network.spec.name;
  describe(network.info, metadata);
}

void write_pytorch(const fs::path& path, const SavedNetwork& network) {
  const auto layout = io::channels_first_layout(network.spec);
  std::vector<std::vector<float>> values;
  std::vector<train::NamedTensor> tensors;
  for (std::size_t n = 0; n < layout.size(); ++n) {
    values.push_back(io::to_channels_first(layout[n], network.weights.values(network.weights.table()[n])));
    tensors.push_back({layout[n].name, layout[n].shape, values.back()});
  }
  io::Metadata metadata = describe_format(format);
  describe(network, metadata);
  write_tensor_file(path, tensors, metadata);
}

SavedNetwork read_pytorch(const fs::path& path, const std::optional<train::Recipe>& recipe) {
  const io::SafetensorsFile file = io::SafetensorsFile::open(path);
  GeneratorInfo info;
  net::NetSpec spec;
  if (recipe) {
    info = {.recipe = *recipe, .dataset = recipe->data};
    spec = train::generator_spec(*recipe);
  } else {
    require_format(file.metadata(), path, format, "Say whose generator it is: --recipe RECIPE|FILE");
    info = read_info(file.metadata(), path);
    spec = exported_spec(file.metadata(), info.recipe, path);
  }
  const auto layout = io::channels_first_layout(spec);
  std::vector<TensorShape> expected;
  expected.reserve(layout.size());
  for (const io::ChannelsFirstTensor& tensor : layout) {
    expected.push_back({tensor.name, tensor.shape});
  }
  require_tensors(file, expected, path);
  net::Weights weights(spec);
  for (std::size_t n = 0; n < layout.size(); ++n) {
    io::from_channels_first(layout[n], file.tensor(layout[n].name).values,
                            weights.values(weights.table()[n]));
  }
  weights.refresh_shadow();
  return {std::move(info), std::move(spec), std::move(weights)};
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
