#include "cli/pytorch_file.h"

#include <nlohmann/json.hpp>

#include <utility>

#include "cli/tensor_file.h"
#include "io/channels_first.h"

namespace ganymede::cli {

namespace {

constexpr std::string_view format = "ganymede-pytorch";

/// Whether this program wrote the file, so that its metadata say what it is.
bool is_ours(const io::SafetensorsFile& file) {
  const auto entry = file.metadata().find("format");
  return entry != file.metadata().end() && entry->second == format;
}

GeneratorInfo read_info(const io::SafetensorsFile& file, const std::filesystem::path& path,
                        const std::optional<train::Recipe>& recipe) {
  if (!is_ours(file) && recipe) {
    return {.recipe = *recipe, .dataset = recipe->data};
  }
  require_format(file, path, format, "Say which network it is: --recipe NAME|FILE");
  return {.recipe = recipe ? *recipe : embedded_recipe(file, path),
          .step = metadata_number(file, "step", path),
          .epoch = metadata_number(file, "epoch", path),
          .dataset = metadata_value(file, "dataset", path),
          .class_names = read_class_names(file, path)};
}

net::NetSpec spec_of(const io::SafetensorsFile& file, const std::filesystem::path& path,
                     const train::Recipe& recipe) {
  net::NetSpec generator = train::generator_spec(recipe);
  if (is_ours(file) && metadata_value(file, "network", path) == "discriminator") {
    return train::discriminator_spec(recipe, net::output_shape(generator));
  }
  return generator;
}

}  // namespace

void write_pytorch(const std::filesystem::path& path, const SavedNetwork& network) {
  const auto layout = io::channels_first_layout(network.spec);
  std::vector<std::vector<float>> values;
  std::vector<train::NamedTensor> tensors;
  for (std::size_t n = 0; n < layout.size(); ++n) {
    values.push_back(io::to_channels_first(layout[n], network.weights.values(network.weights.table()[n])));
    tensors.push_back({layout[n].name, layout[n].shape, values.back()});
  }
  io::Metadata metadata = describe_format(format);
  metadata["network"] = network.spec.name;
  describe(network.info, metadata);
  write_tensor_file(path, tensors, metadata);
}

SavedNetwork read_pytorch(const std::filesystem::path& path, const std::optional<train::Recipe>& recipe) {
  const io::SafetensorsFile file = io::SafetensorsFile::open(path);
  GeneratorInfo info = read_info(file, path, recipe);
  net::NetSpec spec = spec_of(file, path, info.recipe);
  const auto layout = io::channels_first_layout(spec);
  std::vector<TensorShape> expected;
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

}  // namespace ganymede::cli
