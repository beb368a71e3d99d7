#include "serve/run_reader.h"

#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include "artifacts/checkpoint.h"
#include "artifacts/generator_file.h"
#include "base/number.h"
#include "data/data_source.h"
#include "io/networks/onnx.h"
#include "runs/run_directory.h"
#include "serve/summary_reader.h"

namespace ganymede::serve {

namespace {

namespace fs = std::filesystem;

/// 12 of "epoch_0012.png"; nothing for another name.
std::optional<std::int64_t> epoch_of(const fs::path& sample) {
  constexpr std::string_view prefix = "epoch_";
  const std::string name = sample.stem().string();
  return base::to_number<std::int64_t>(name.substr(prefix.size()));
}

std::optional<RunFiles> find_files(const fs::path& directory) {
  const runs::RunDirectory run(directory);
  std::error_code error;
  if (!fs::is_regular_file(run.config(), error)) {
    return std::nullopt;
  }
  RunFiles files = {.directory = directory,
                    .config = run.config(),
                    .meta = run.meta(),
                    .metrics = run.metrics(),
                    .generator = run.generator(),
                    .samples_directory = run.samples(),
                    .samples = {}};
  for (const fs::path& sample : run.find_samples()) {
    if (const auto epoch = epoch_of(sample)) {
      files.samples.emplace(*epoch, sample);
    }
  }
  return files;
}

TrainedNetworks open_networks(const fs::path& directory) {
  artifacts::SavedGenerator generator = artifacts::open_generator(directory);
  artifacts::SavedNetwork partner = artifacts::open_partner(directory, generator.info);
  return {.recipe = std::move(generator.info.recipe),
          .step = generator.info.step,
          .epoch = generator.info.epoch,
          .class_names = std::move(generator.info.class_names),
          .generator = {std::move(generator.spec), std::move(generator.weights)},
          .partner = {std::move(partner.spec), std::move(partner.weights)}};
}

std::string export_onnx(const fs::path& directory) {
  const artifacts::SavedGenerator generator = artifacts::open_generator(directory);
  return io::to_onnx(generator.spec, generator.weights, {});
}

/// Caches the last data set.
class DataCache {
 public:
  explicit DataCache(NamedDataset open) : kept_(std::move(open)) {}

  std::shared_ptr<const data::Dataset> open(const train::Recipe& recipe) {
    const std::lock_guard lock(mutex_);
    if (!kept_.dataset || recipe.data != kept_.name || recipe.images != kept_.images) {
      kept_ = {recipe.data,
               std::make_shared<data::Dataset>(
                   data::open_data(recipe.data, data::Splits::train_only, recipe.images)),
               recipe.images};
    }
    return kept_.dataset;
  }

 private:
  std::mutex mutex_;
  NamedDataset kept_;
};

}  // namespace

RunReader make_run_reader(NamedDataset open) {
  const auto cache = std::make_shared<DataCache>(std::move(open));
  return {.find_files = find_files,
          .summarise = make_summary_reader(),
          .open_networks = open_networks,
          .export_onnx = export_onnx,
          .open_data = [cache](const train::Recipe& recipe) { return cache->open(recipe); }};
}

}  // namespace ganymede::serve
