#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/program.h"
#include "io/pictures/png.h"
#include "sweep/plan.h"

namespace ganymede::test {

/// A directory with 32 drawings of 8 by 8 pixels without labels and a recipe of small networks for them, so
/// that an epoch in batches of 8 has 4 steps, and a score takes a moment.
class SweepPlace {
 public:
  SweepPlace() {
    draw("train", 32);
    draw("test", 12);
    std::ofstream(directory_ / "small.toml") << "data = \"" << (directory_ / "drawings").string() << "\"\n"
                                             << recipe;
  }

  std::filesystem::path operator/(const std::string& name) const { return directory_ / name; }

  /// The text of a sweep of that recipe into runs/.
  std::string sweep(const std::string& rest) const {
    return "recipe = \"" + (directory_ / "small.toml").string() + "\"\nout = \"" +
           (directory_ / "runs").string() + "\"\n" + rest;
  }

  sweep::Plan plan(const std::string& rest) const {
    return sweep::prepare(sweep::parse_description(sweep(rest), "sweep.toml"), 1);
  }

  /// Writes sweep.toml for the program.
  void write(const std::string& rest) const { std::ofstream(directory_ / "sweep.toml") << sweep(rest); }

  /// Arguments of the program in this directory.
  Start start(std::vector<std::string> arguments) const {
    return {.directory = directory_.path(), .arguments = std::move(arguments)};
  }
  Ended run(std::vector<std::string> arguments) const { return Process(start(std::move(arguments))).wait(); }

  std::vector<std::string> names(const std::string& folder) const {
    std::vector<std::string> found;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory_ / folder, ignored)) {
      found.push_back(entry.path().filename().string());
    }
    std::ranges::sort(found);
    return found;
  }

  /// The step of a run's newest checkpoint; -1 without one.
  std::int64_t newest_step(const std::string& run) const {
    const auto files = runs::RunDirectory(directory_ / ("runs/" + run)).find_checkpoints();
    return files.empty() ? -1 : std::stoll(files.front().stem().string().substr(5));
  }

  void wait_for_step(const std::string& run, std::int64_t step) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (newest_step(run) < step) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

 private:
  static constexpr const char* recipe = R"(
name = "small"
latent = { size = 4 }
[training]
batch_size = 8
epochs = 2
precision = "f32"
[output]
metrics_every_steps = 4
grid_rows = 2
grid_columns = 3
[generator]
layers = [{ kind = "dense", units = 64 }, { kind = "tanh" }, { kind = "reshape", shape = [8, 8, 1] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 1 }]
)";

  void draw(const std::string& split, int count) const {
    const std::filesystem::path folder = directory_ / ("drawings/" + split);
    std::filesystem::create_directories(folder);
    for (int n = 0; n < count; ++n) {
      io::Image image{.height = 8, .width = 8, .channels = 1, .pixels = {}};
      for (int pixel = 0; pixel < 64; ++pixel) {
        image.pixels.push_back(static_cast<std::uint8_t>(pixel % 8 == n % 8 ? 255 - n : n));
      }
      io::write_png(folder / (std::to_string(n) + ".png"), image);
    }
  }

  TemporaryDirectory directory_;
};

}  // namespace ganymede::test
