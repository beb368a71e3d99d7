#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cli/program.h"

namespace ganymede::test {

/// A directory to run the program in, with a data set of 64 images in digits/ and a recipe of small networks,
/// so that an epoch in batches of 8 has 8 steps and is quick.
class Workplace {
 public:
  Workplace() {
    write_images("train", 64);
    write_images("t10k", 16);
    std::ofstream(directory_ / "small.toml") << recipe;
  }

  std::filesystem::path operator/(const std::string& name) const { return directory_ / name; }

  Start start(std::vector<std::string> arguments) const {
    return {.directory = directory_.path(), .arguments = std::move(arguments)};
  }
  Ended run(std::vector<std::string> arguments) const { return Process(start(std::move(arguments))).wait(); }

  /// The arguments that train `recipe` into run/, and `more`.
  static std::vector<std::string> train(const std::string& recipe, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"train",        recipe, "--data", "digits",
                                          "--batch-size", "8",    "--out",  "run"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  std::vector<std::string> names(const std::string& folder) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory_ / folder)) {
      found.push_back(entry.path().filename().string());
    }
    return found;
  }

 private:
  static constexpr const char* recipe = R"(
name = "small"
latent = { size = 4, distribution = "normal" }
[training]
epochs = 2
threads = 1
[output]
metrics_every_steps = 4
grid_rows = 2
grid_columns = 3
[generator]
layers = [{ kind = "dense", units = 784 }, { kind = "tanh" }, { kind = "reshape", shape = [28, 28, 1] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 1 }]
)";

  /// Images of bars whose position is their class, as IDX files.
  void write_images(const std::string& part, std::uint8_t count) const {
    std::filesystem::create_directories(directory_ / "digits");
    std::string images = {0, 0, 8, 3, 0, 0, 0, static_cast<char>(count), 0, 0, 0, 28, 0, 0, 0, 28};
    std::string labels = {0, 0, 8, 1, 0, 0, 0, static_cast<char>(count)};
    for (int n = 0; n < count; ++n) {
      for (int pixel = 0; pixel < 28 * 28; ++pixel) {
        images += static_cast<char>(pixel % 28 / 2 == n % 10 ? 255 : n);
      }
      labels += static_cast<char>(n % 10);
    }
    std::ofstream(directory_ / ("digits/" + part + "-images-idx3-ubyte"), std::ios::binary) << images;
    std::ofstream(directory_ / ("digits/" + part + "-labels-idx1-ubyte"), std::ios::binary) << labels;
  }

  TemporaryDirectory directory_;
};

}  // namespace ganymede::test
