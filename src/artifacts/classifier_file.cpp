#include "artifacts/classifier_file.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>
#include <vector>

#include "artifacts/tensor_file.h"
#include "base/error.h"
#include "base/host.h"
#include "base/number.h"
#include "base/sha256.h"
#include "data/data_source.h"
#include "io/files/file.h"

namespace ganymede::artifacts {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view format = "ganymede-classifier";
constexpr const char* advice = "Name a file that `ganymede classifier train` wrote";
constexpr std::size_t largest_file = std::size_t{1} << 28;

train::ClassifierRecipe recipe_of(const io::Metadata& metadata, const fs::path& path) {
  try {
    return train::parse_classifier_recipe(metadata_value(metadata, "recipe", path),
                                          "the recipe in its metadata");
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorKind::file, {.where = path.string() + ": " + error.what()});
  }
}

double metadata_share(const io::Metadata& metadata, const std::string& key, const fs::path& path) {
  const std::string& text = metadata_value(metadata, key, path);
  const auto value = base::to_number<double>(text);
  if (!value || !(*value >= 0.0 && *value <= 1.0)) {
    throw base::Error(base::ErrorKind::file,
                      {.where = path.string(),
                       .found = fmt::format("the {} \"{}\" in its metadata", key, text),
                       .expected = "a number from 0 to 1",
                       .advice = advice});
  }
  return *value;
}

/// The network in `file` for images of `dataset`.
ClassifierNetwork network_of(const io::SafetensorsFile& file, ClassifierInfo info, const fs::path& path,
                             const data::Dataset& dataset) {
  if (dataset.classes() == 0) {
    throw base::Error(base::ErrorKind::data,
                      {.where = dataset.name,
                       .found = "images without labels",
                       .expected = fmt::format("the classes that {} tells apart", path.string()),
                       .advice = "Put the pictures of each class into a folder of their own"});
  }
  net::NetSpec spec = train::classifier_spec(info.recipe, dataset.image_shape());
  if (const base::Shape made = net::output_shape(spec); made != base::Shape{dataset.classes()}) {
    throw base::Error(base::ErrorKind::configuration,
                      {.where = path.string(),
                       .found = "an output of shape " + made.to_string(),
                       .expected = fmt::format("the {} classes of {}", dataset.classes(), dataset.name),
                       .advice = "Name the data that the classifier was trained on with --data"});
  }
  net::Weights weights = read_weights(file, spec, path);
  return {std::move(info), std::move(spec), std::move(weights)};
}

}  // namespace

void describe(const ClassifierInfo& info, io::Metadata& metadata) {
  metadata["recipe"] = train::to_toml(info.recipe);
  metadata["accuracy"] = fmt::format("{}", info.accuracy);
  metadata["dataset_sha256"] = info.dataset_digest;
}

ClassifierInfo read_classifier_info(const io::Metadata& metadata, const fs::path& path) {
  return {.recipe = recipe_of(metadata, path),
          .accuracy = metadata_share(metadata, "accuracy", path),
          .dataset_digest = metadata_value(metadata, "dataset_sha256", path)};
}

void write_classifier(const fs::path& path, const ClassifierInfo& info, train::Network& classifier) {
  io::Metadata metadata = describe_format(format);
  describe(info, metadata);
  write_weights(path, classifier.weights(), metadata);
}

bool is_classifier(const fs::path& path) {
  const io::SafetensorsFile file = io::SafetensorsFile::open(path);
  const auto entry = file.metadata().find("format");
  return entry != file.metadata().end() && entry->second == format;
}

ClassifierNetwork open_classifier_network(const fs::path& path) {
  const io::SafetensorsFile file = open_tensor_file(path, format, advice);
  ClassifierInfo info = read_classifier_info(file.metadata(), path);
  const data::Dataset dataset =
      data::open_data(info.recipe.data, data::Splits::train_only, info.recipe.images);
  return network_of(file, std::move(info), path, dataset);
}

SavedClassifier open_classifier(const fs::path& path, const data::Dataset& dataset,
                                const ops::Device& device) {
  const io::SafetensorsFile file = open_tensor_file(path, format, advice);
  ClassifierNetwork network = network_of(file, read_classifier_info(file.metadata(), path), path, dataset);
  return {std::move(network.info), base::sha256(io::read_file(path, largest_file)),
          eval::Classifier(network.spec, network.weights, device)};
}

std::optional<fs::path> look_for_classifier(const std::string& dataset) {
  for (const fs::path& root : data::data_roots()) {
    const fs::path path = root / "classifiers" / (dataset + ".safetensors");
    if (std::error_code ignored; fs::is_regular_file(path, ignored)) {
      return path;
    }
  }
  return std::nullopt;
}

fs::path find_classifier(const std::string& dataset) {
  if (auto path = look_for_classifier(dataset)) {
    return *std::move(path);
  }
  throw base::Error(base::ErrorKind::file,
                    {.where = dataset,
                     .found = "no classifier to score images with",
                     .expected = fmt::format("{}.safetensors in {}", dataset,
                                             (data::data_roots().back() / "classifiers").string()),
                     .advice = fmt::format("Train one: {}, and give eval --classifier FILE",
                                           base::own_command({"classifier", "train", "--data", dataset}))});
}

}  // namespace ganymede::artifacts
