#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "fuzz/input.h"
#include "io/temporary_directory.h"
#include "serve/live/event_stream.h"
#include "serve/run_reader.h"
#include "serve/site.h"
#include "train/network_pair.h"
#include "train/recipe/recipe.h"

/// The server over a run that trains.
namespace ganymede::fuzz {

inline const char* small_recipe() {
  return R"(
name = "small"
latent = { size = 4 }
[generator]
layers = [{ kind = "dense", units = 16 }, { kind = "tanh" }, { kind = "reshape", shape = [4, 4, 1] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 1 }]
)";
}

/// A directory `runs` with a run, made once a process.
class Runs {
 public:
  Runs() {
    std::filesystem::create_directories(run() / "samples");
    std::ofstream(run() / "config.toml") << small_recipe();
  }

  std::filesystem::path root() const { return directory_ / "runs"; }
  std::filesystem::path run() const { return root() / "one"; }
  void write(const std::string& name, Input input) const {
    std::ofstream(run() / name, std::ios::binary) << text_of(input);
  }

 private:
  test::TemporaryDirectory directory_;
};

inline const Runs& runs() {
  static const Runs one;
  return one;
}

inline std::shared_ptr<const data::Dataset> small_dataset() {
  data::Dataset dataset;
  dataset.name = "mnist";
  dataset.height = dataset.width = 4;
  dataset.channels = 1;
  dataset.class_names = {"dark", "bright"};
  dataset.train.labels = {0, 1};
  dataset.train.pixels.assign(32, 200);
  return std::make_shared<data::Dataset>(std::move(dataset));
}

inline serve::TrainedNetworks small_networks() {
  const train::Recipe recipe = train::parse_recipe(small_recipe(), "small");
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
          .partner = network(train::partner_spec(recipe, net::output_shape(generator)), 1)};
}

/// The server's answers over a run that trains, without sockets.
struct LiveSite {
  std::shared_ptr<serve::Control> control = std::make_shared<serve::Control>(
      train::Position{.step = 0, .total_steps = 8, .steps_an_epoch = 4}, [] {});
  serve::Site site;

  explicit LiveSite(serve::AccessPolicy policy)
      : site(make_runs(), std::move(policy), serve::only_training("one", control), {}) {}

  static serve::Runs make_runs() {
    serve::RunReader reader = serve::make_run_reader({"mnist", small_dataset()});
    reader.open_networks = [](const std::filesystem::path&) { return small_networks(); };
    return {runs().root(), "", std::move(reader)};
  }
};

/// A training that is paused and lets everybody look, for whom the server would wait otherwise.
class PausedTraining {
 public:
  explicit PausedTraining(serve::Control& control) {
    control.give(serve::Command::pause);
    thread_ = std::jthread([this, &control](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        control.wait_for_leave(networks_, stop);
      }
    });
  }

 private:
  train::NetworkPair networks_{train::parse_recipe(small_recipe(), "small"), {4, 4, 1}, 2};
  std::jthread thread_;
};

/// Answers and, where that is a stream, its first and its last part.
inline void expect_answer(serve::Site& site, const serve::Request& request) {
  const serve::Answer answer = site.answer(request);
  constexpr int page_is_missing = 503;
  require((answer.status >= 200 && answer.status < 500) || answer.status == page_is_missing);
  require(answer.headers.contains("Content-Security-Policy"));
  if (answer.events) {
    answer.events->next();
    require(answer.events->finish().ends_with("event: end\ndata: {}\n\n"));
  }
}

}  // namespace ganymede::fuzz
