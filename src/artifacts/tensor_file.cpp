#include "artifacts/tensor_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/host.h"
#include "base/number.h"
#include "base/refusal.h"

namespace ganymede::artifacts {

namespace {

constexpr const char* format_version = "1";

constexpr base::Refusal refuse{base::ErrorKind::file};

void require_finite(const train::NamedTensor& tensor) {
  const auto bad = std::ranges::find_if_not(tensor.values, [](float value) { return std::isfinite(value); });
  if (bad != tensor.values.end()) {
    throw base::Error(base::ErrorKind::diverged, {.where = tensor.name,
                                                  .found = fmt::format("the value {}", *bad),
                                                  .expected = "finite numbers",
                                                  .advice = "The networks have diverged"});
  }
}

}  // namespace

io::Metadata describe_format(std::string_view format) {
  return {{"format", std::string(format)}, {"format_version", format_version}, {"program", base::version()}};
}

void require_finite(std::span<const train::NamedTensor> tensors) {
  for (const train::NamedTensor& tensor : tensors) {
    require_finite(tensor);
  }
}

void write_tensor_file(const std::filesystem::path& path, std::span<const train::NamedTensor> tensors,
                       const io::Metadata& metadata) {
  std::vector<io::Tensor> views;
  require_finite(tensors);
  for (const train::NamedTensor& tensor : tensors) {
    views.push_back({tensor.name, tensor.shape, tensor.values});
  }
  io::write_safetensors(path, views, metadata);
}

const std::string& metadata_value(const io::Metadata& metadata, const std::string& key,
                                  const std::filesystem::path& path) {
  const auto entry = metadata.find(key);
  if (entry == metadata.end()) {
    refuse(path, fmt::format("no \"{}\" in its metadata", key), "one", "Use a file that Ganymede wrote");
  }
  return entry->second;
}

std::int64_t metadata_number(const io::Metadata& metadata, const std::string& key,
                             const std::filesystem::path& path) {
  const std::string& text = metadata_value(metadata, key, path);
  const auto value = base::to_number<std::int64_t>(text);
  if (!value || *value < 0) {
    refuse(path, fmt::format("the {} \"{}\" in its metadata", key, text), "a count",
           "Use a file that Ganymede wrote");
  }
  return *value;
}

void require_format(const io::Metadata& metadata, const std::filesystem::path& path, std::string_view format,
                    const std::string& advice) {
  const auto entry = metadata.find("format");
  if (entry == metadata.end() || entry->second != format) {
    refuse(path,
           entry == metadata.end() ? "a safetensors file of another program"
                                   : fmt::format("a file of format \"{}\"", entry->second),
           fmt::format("one of format \"{}\"", format), advice);
  }
  if (const std::string& found = metadata_value(metadata, "format_version", path); found != format_version) {
    refuse(path, fmt::format("version {} of the format", found), fmt::format("version {}", format_version),
           "Use the version of Ganymede that wrote it");
  }
}

io::SafetensorsFile open_tensor_file(const std::filesystem::path& path, std::string_view format,
                                     const std::string& advice) {
  io::SafetensorsFile file = io::SafetensorsFile::open(path);
  require_format(file.metadata(), path, format, advice);
  if (!file.has_digest()) {
    refuse(path, "no SHA-256 in its metadata", "that of the whole file, as Ganymede writes it",
           "The file was damaged or edited; use another copy");
  }
  return file;
}

train::Recipe embedded_recipe(const io::Metadata& metadata, const std::filesystem::path& path) {
  try {
    train::Recipe recipe =
        train::parse_recipe(metadata_value(metadata, "recipe", path), "the recipe in its metadata");
    net::infer_shapes(train::generator_spec(recipe));
    return recipe;
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorKind::file, {.where = path.string() + ": " + error.what()});
  }
}

void require_tensors(const io::SafetensorsFile& file, std::span<const TensorShape> expected,
                     const std::filesystem::path& path) {
  const std::string advice = "The file and the recipe's networks do not belong together";
  for (const TensorShape& tensor : expected) {
    const io::Tensor* found = file.find(tensor.name);
    if (found == nullptr) {
      refuse(path, fmt::format("no tensor \"{}\"", tensor.name),
             fmt::format("one of shape {}", tensor.shape.to_string()), advice);
    }
    if (found->shape != tensor.shape) {
      refuse(path, fmt::format("\"{}\" of shape {}", tensor.name, found->shape.to_string()),
             tensor.shape.to_string(), advice);
    }
  }
  for (const io::Tensor& tensor : file.tensors()) {
    if (std::ranges::find(expected, tensor.name, &TensorShape::name) == expected.end()) {
      refuse(path, fmt::format("a tensor \"{}\"", tensor.name), "none of that name", advice);
    }
  }
}

void write_weights(const std::filesystem::path& path, net::Weights& weights, const io::Metadata& metadata) {
  std::vector<train::NamedTensor> tensors;
  for (const net::WeightRow& row : weights.table()) {
    tensors.push_back({row.name, row.shape, weights.values(row)});
  }
  write_tensor_file(path, tensors, metadata);
}

net::Weights read_weights(const io::SafetensorsFile& file, const net::NetSpec& network,
                          const std::filesystem::path& path) {
  std::vector<TensorShape> expected;
  for (const net::WeightRow& row : net::weight_table(network)) {
    expected.push_back({row.name, row.shape});
  }
  require_tensors(file, expected, path);
  net::Weights weights(network);
  for (const net::WeightRow& row : weights.table()) {
    std::ranges::copy(file.tensor(row.name).values, weights.values(row).begin());
  }
  weights.refresh_shadow();
  return weights;
}

}  // namespace ganymede::artifacts
