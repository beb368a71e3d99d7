#include "artifacts/generator_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

#include "artifacts/tensor_file.h"
#include "base/error.h"
#include "runs/run_directory.h"

namespace ganymede::artifacts {

namespace {

constexpr std::string_view format = "ganymede-generator";
constexpr const char* advice = "Name a run or its generator.safetensors";

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& found) {
  throw base::Error(base::ErrorKind::file, {.where = path.string(),
                                            .found = found,
                                            .expected = "a generator that Ganymede wrote",
                                            .advice = advice});
}

std::vector<std::string> read_class_names(const io::Metadata& metadata, const std::filesystem::path& path) {
  const auto parsed = nlohmann::json::parse(metadata_value(metadata, "class_names", path), nullptr, false);
  if (!parsed.is_array() || !std::ranges::all_of(parsed, [](const auto& name) { return name.is_string(); })) {
    refuse(path, "class names that are not a list");
  }
  return parsed.get<std::vector<std::string>>();
}

void require_image(const base::Shape& shape, const std::filesystem::path& path) {
  if (shape.rank() != 3 || (shape.back() != 1 && shape.back() != 3)) {
    refuse(path, "an output of shape " + shape.to_string());
  }
}

}  // namespace

void describe(const GeneratorInfo& info, io::Metadata& metadata) {
  metadata["recipe"] = train::to_toml(info.recipe);
  metadata["step"] = std::to_string(info.step);
  metadata["epoch"] = std::to_string(info.epoch);
  metadata["seed"] = std::to_string(info.recipe.training.seed);
  metadata["dataset"] = info.dataset;
  metadata["class_names"] = nlohmann::json(info.class_names).dump();
}

GeneratorInfo read_info(const io::Metadata& metadata, const std::filesystem::path& path) {
  return {.recipe = embedded_recipe(metadata, path),
          .step = metadata_number(metadata, "step", path),
          .epoch = metadata_number(metadata, "epoch", path),
          .dataset = metadata_value(metadata, "dataset", path),
          .class_names = read_class_names(metadata, path)};
}

void write_generator(const std::filesystem::path& path, const GeneratorInfo& info, net::Weights& generator) {
  io::Metadata metadata = describe_format(format);
  describe(info, metadata);
  write_weights(path, generator, metadata);
}

SavedGenerator open_generator(const std::filesystem::path& run_or_file) {
  std::error_code ignored;
  const bool directory = std::filesystem::is_directory(run_or_file, ignored);
  const std::filesystem::path path =
      directory ? runs::RunDirectory::open(run_or_file).generator() : run_or_file;
  const io::SafetensorsFile file = open_tensor_file(path, format, advice);

  GeneratorInfo info = read_info(file.metadata(), path);
  net::NetSpec spec = train::generator_spec(info.recipe);
  require_image(net::output_shape(spec), path);
  net::Weights weights = read_weights(file, spec, path);
  return {std::move(info), std::move(spec), std::move(weights)};
}

}  // namespace ganymede::artifacts
