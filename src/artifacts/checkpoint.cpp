#include "artifacts/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>
#include <vector>

#include "artifacts/tensor_file.h"
#include "base/refusal.h"
#include "io/files/file.h"
#include "runs/run_directory.h"

namespace ganymede::artifacts {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::file};

constexpr std::string_view format = "ganymede-checkpoint";
constexpr const char* score_key = "score";

std::optional<double> score_in(const io::Metadata& metadata) {
  const auto entry = metadata.find(score_key);
  double score = 0.0;
  if (entry == metadata.end() ||
      std::from_chars(entry->second.data(), entry->second.data() + entry->second.size(), score).ec !=
          std::errc()) {
    return std::nullopt;
  }
  return score;
}

void require_same_network(const train::LearningNetwork& found, const train::LearningNetwork& expected,
                          const std::filesystem::path& path) {
  if (found.name != expected.name || found.settings.layers != expected.settings.layers) {
    refuse(path, fmt::format("a {} with other layers", found.name), "the layers in the run's config.toml",
           "Restore config.toml, or start a new run with the changed recipe");
  }
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const CheckpointInfo& info,
                      train::Trainer& trainer) {
  io::Metadata metadata = describe_format(format);
  metadata["step"] = std::to_string(info.step);
  metadata["total_steps"] = std::to_string(info.total_steps);
  metadata["recipe"] = train::to_toml(info.recipe);
  metadata["dataset"] = info.dataset;
  metadata["dataset_sha256"] = info.dataset_digest;
  if (info.score) {
    metadata[score_key] = fmt::format("{}", *info.score);
  }
  write_tensor_file(path, trainer.tensors(), metadata);
}

Checkpoint::Checkpoint(std::filesystem::path path)
    : path_(std::move(path)), file_(open_tensor_file(path_, format, "Name a run's checkpoint")) {
  info_ = {.step = metadata_number(file_.metadata(), "step", path_),
           .total_steps = metadata_number(file_.metadata(), "total_steps", path_),
           .recipe = embedded_recipe(file_.metadata(), path_),
           .dataset = metadata_value(file_.metadata(), "dataset", path_),
           .dataset_digest = metadata_value(file_.metadata(), "dataset_sha256", path_),
           .score = score_in(file_.metadata())};
}

void Checkpoint::restore(train::Trainer& trainer, const train::Recipe& recipe) const {
  const auto found = train::learning_networks(info_.recipe);
  const auto wanted = train::learning_networks(recipe);
  for (std::size_t n = 0; n < wanted.size(); ++n) {
    require_same_network(found[n], wanted[n], path_);
  }
  const std::vector<train::NamedTensor> tensors = trainer.tensors();
  std::vector<TensorShape> expected;
  expected.reserve(tensors.size());
  for (const train::NamedTensor& tensor : tensors) {
    expected.push_back({tensor.name, tensor.shape});
  }
  require_tensors(file_, expected, path_);
  for (const train::NamedTensor& tensor : tensors) {
    std::ranges::copy(file_.tensor(tensor.name).values, tensor.values.begin());
  }
  trainer.resume(info_.step);
}

net::Weights Checkpoint::weights(const net::NetSpec& network) const {
  return weights(network, "");
}

net::Weights Checkpoint::sampling_weights() const {
  const net::NetSpec generator = train::generator_spec(info_.recipe);
  const std::string average = ".average";
  const std::string first = net::weight_table(generator).front().name;
  const bool averaged = file_.find(generator.name + "." + first + average) != nullptr;
  return weights(generator, averaged ? average : "");
}

net::Weights Checkpoint::weights(const net::NetSpec& network, const std::string& suffix) const {
  // Before allocating memory: the sizes come from a file.
  for (const net::WeightRow& row : net::weight_table(network)) {
    const io::Tensor& tensor = file_.tensor(network.name + "." + row.name + suffix);
    if (tensor.shape != row.shape) {
      refuse(path_, fmt::format("\"{}\" of shape {}", tensor.name, tensor.shape.to_string()),
             row.shape.to_string(), "Name a run that Ganymede made");
    }
  }
  net::Weights weights(network);
  for (const net::WeightRow& row : weights.table()) {
    std::ranges::copy(file_.tensor(network.name + "." + row.name + suffix).values,
                      weights.values(row).begin());
  }
  weights.refresh_shadow();
  return weights;
}

Progress read_progress(const std::filesystem::path& path) {
  const io::Metadata metadata = io::read_safetensors_metadata(path);
  return {.step = metadata_number(metadata, "step", path),
          .total_steps = metadata_number(metadata, "total_steps", path)};
}

bool is_damaged(const std::filesystem::path& path) {
  return !io::has_own_digest(io::read_file(path, io::max_safetensors_bytes));
}

std::optional<Checkpoint> open_best(const runs::RunDirectory& run) {
  const std::filesystem::path path = run.best_checkpoint();
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) {
    return std::nullopt;
  }
  if (is_damaged(path)) {
    return std::nullopt;
  }
  return Checkpoint(path);
}

SavedNetwork open_partner(const std::filesystem::path& run, GeneratorInfo info) {
  const auto checkpoints = runs::RunDirectory(run).find_checkpoints();
  if (checkpoints.empty()) {
    refuse(run.filename().string(), "no checkpoint", "the weights of both networks in one",
           "Train the run again");
  }
  net::NetSpec spec = train::partner_spec(info.recipe, net::output_shape(train::generator_spec(info.recipe)));
  net::Weights weights = Checkpoint(checkpoints.front()).weights(spec);
  return {std::move(info), std::move(spec), std::move(weights)};
}

}  // namespace ganymede::artifacts
