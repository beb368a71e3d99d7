#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/files/safetensors.h"
#include "io/pictures/png.h"
#include "io/temporary_directory.h"
#include "runs/run_directory.h"
#include "serve/runs.h"
#include "serve/summary_reader.h"

namespace ganymede::test {

constexpr const char* small_recipe = R"(
name = "small"
description = "for tests"
latent = { size = 4, distribution = "normal" }
pixel_range = { low = 0.0, high = 1.0 }
[generator]
layers = [{ kind = "dense", units = 6 }, { kind = "leaky_relu", slope = 0.2 }, { kind = "dense", units = 16 },
          { kind = "sigmoid" }, { kind = "reshape", shape = [4, 4, 1] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 5 }, { kind = "leaky_relu", slope = 0.2 },
          { kind = "dense", units = 1 }]
)";

constexpr const char* small_vae = R"(
name = "small-vae"
model = "vae"
latent = { size = 4, distribution = "normal" }
pixel_range = { low = 0.0, high = 1.0 }
[generator]
layers = [{ kind = "dense", units = 16 }, { kind = "reshape", shape = [4, 4, 1] }, { kind = "sigmoid" }]
[encoder]
layers = [{ kind = "flatten" }, { kind = "dense", units = 8 }]
)";

/// A recipe's networks with their first weights.
inline serve::TrainedNetworks small_networks(const char* toml = small_recipe) {
  const train::Recipe recipe = train::parse_recipe(toml, "small");
  const auto network = [](net::NetSpec spec, std::uint32_t stream) {
    net::Weights weights(spec);
    weights.initialise(7, stream);
    return serve::TrainedNetwork{std::move(spec), std::move(weights)};
  };
  const net::NetSpec generator = train::generator_spec(recipe);
  return {.recipe = recipe,
          .step = 12,
          .epoch = 3,
          .class_names = {"dark", "bright"},
          .generator = network(generator, 0),
          .partner = network(train::partner_spec(recipe, net::output_shape(generator)), 100)};
}

/// Three training images of 4x4: black, white, black.
inline std::shared_ptr<const data::Dataset> small_dataset() {
  data::Dataset dataset;
  dataset.name = "small";
  dataset.height = dataset.width = 4;
  dataset.channels = 1;
  dataset.class_names = {"dark", "bright"};
  dataset.train.labels = {0, 1, 0};
  dataset.train.pixels.assign(16, 0);
  dataset.train.pixels.resize(32, 255);
  dataset.train.pixels.resize(48, 0);
  return std::make_shared<data::Dataset>(std::move(dataset));
}

/// A directory `runs` with the run `one`, and beside it a secret that no request may reach.
class RunsFixture {
 public:
  RunsFixture() {
    add_run("one");
    std::ofstream(directory_ / "secret.txt") << "secret";
    std::filesystem::create_directories(directory_ / "outside/samples");
    std::ofstream(directory_ / "outside/config.toml") << small_recipe;
  }

  std::filesystem::path root() const { return directory_ / "runs"; }
  std::filesystem::path outside() const { return directory_ / "outside"; }

  void add_run(const std::string& name) const {
    std::filesystem::create_directories(root() / name / "samples");
    std::ofstream(root() / name / "config.toml") << small_recipe;
    std::ofstream(root() / name / "generator.safetensors") << "not read here";
    add_sample(name, 0);
    add_metrics(name, R"({"step": 20, "epoch": 1, "loss_g": 0.5})");
  }
  void add_sample(const std::string& name, int epoch) const {
    const auto path = root() / name / "samples" / ("epoch_" + std::to_string(epoch) + ".png");
    io::write_png(path, {.height = 1, .width = 1, .channels = 1, .pixels = {9}});
  }
  void add_metrics(const std::string& name, const std::string& text, const std::string& end = "\n") const {
    std::ofstream(root() / name / "metrics.jsonl", std::ios::app) << text << end;
  }
  /// A checkpoint as far as a list reads it.
  void add_checkpoint(const std::string& name, std::int64_t step, std::int64_t total_steps) const {
    const runs::RunDirectory run(root() / name);
    std::filesystem::create_directories(run.checkpoints());
    const std::vector<float> values = {1.0F};
    io::write_safetensors(run.checkpoint(step), std::vector<io::Tensor>{{"weight", base::Shape{1}, values}},
                          {{"step", std::to_string(step)}, {"total_steps", std::to_string(total_steps)}});
  }

  serve::RunReader reader() const {
    return {.find_files = find_files,
            .summarise = serve::make_summary_reader(),
            .open_networks = [](const std::filesystem::path&) { return small_networks(); },
            .export_onnx = nullptr,
            .open_data = [](const train::Recipe&) { return small_dataset(); }};
  }
  serve::Runs runs(const std::string& only = "") const { return {root(), only, reader()}; }

 private:
  static std::optional<serve::RunFiles> find_files(const std::filesystem::path& directory) {
    if (!std::filesystem::exists(directory / "config.toml")) {
      return std::nullopt;
    }
    serve::RunFiles files = {.directory = directory,
                             .config = directory / "config.toml",
                             .meta = directory / "meta.json",
                             .metrics = directory / "metrics.jsonl",
                             .generator = directory / "generator.safetensors",
                             .samples_directory = directory / "samples",
                             .samples = {}};
    for (const auto& entry : std::filesystem::directory_iterator(files.samples_directory)) {
      files.samples[std::stoi(entry.path().stem().string().substr(6))] = entry.path();
    }
    return files;
  }

  TemporaryDirectory directory_;
};

}  // namespace ganymede::test
