#include "artifacts/exports/pytorch_format.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "artifacts/tensor_file.h"
#include "io/networks/channels_first.h"

namespace ganymede::artifacts {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view format = "ganymede-pytorch";

std::string verify(const fs::path& path, const CardFacts& facts) {
  SavedNetwork network = read_pytorch(path, {});
  return compare_with_card(path, network.spec, network.weights, facts);
}

}  // namespace

ExportFormat pytorch_format() {
  return {.name = "safetensors",
          .extension = ".pytorch.safetensors",
          .discriminators = true,
          .write = [](const fs::path& path, const SavedNetwork& network,
                      const ExportOptions&) { write_pytorch(path, network); },
          .verify = verify};
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
    require_format(file.metadata(), path, format, "Give the generator's recipe: --recipe RECIPE|FILE");
    info = read_info(file.metadata(), path);
    spec = exported_spec(file.metadata(), info.recipe, path);
  }
  std::vector<TensorShape> expected;
  for (const io::ChannelsFirstTensor& tensor : io::channels_first_layout(spec)) {
    expected.push_back({tensor.name, tensor.shape});
  }
  require_tensors(file, expected, path);
  net::Weights weights = io::from_channels_first(
      spec, [&](const io::ChannelsFirstTensor& tensor) { return file.tensor(tensor.name).values; });
  return {std::move(info), std::move(spec), std::move(weights)};
}

}  // namespace ganymede::artifacts
