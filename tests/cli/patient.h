#pragma once

#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/workplace.h"

namespace ganymede::test {

/// Two layers each, an interval every 20 steps, a look at the samples every 500, and hardly any files.
inline constexpr const char* two_layers = R"(
name = "two-layers"
latent = { size = 16, distribution = "normal" }
[training]
batch_size = 16
threads = 1
precision = "f32"
seed = 3
[output]
checkpoint_every_epochs = 100
samples_every_epochs = 1000
grid_rows = 2
grid_columns = 3
[generator_optimizer]
learning_rate = 1e-3
beta1 = 0.5
[discriminator_optimizer]
learning_rate = 1e-3
beta1 = 0.5
[generator]
layers = [
  { kind = "dense", units = 64 }, { kind = "leaky_relu" }, { kind = "dense", units = 784 }, { kind = "tanh" },
  { kind = "reshape", shape = [28, 28, 1] },
]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 64 }, { kind = "leaky_relu" }, { kind = "dense", units = 1 }]
)";

/// After some healthy steps this causes an explosion at once with every seed, and stays finite.
inline const std::vector<std::string> exploding = {"generator_optimizer.learning_rate=1",
                                                   "discriminator_optimizer.learning_rate=1"};

/// A workplace in which two_layers with `settings` was trained for at most `steps` steps.
class Patient {
 public:
  Patient(int steps, const std::vector<std::string>& settings, std::vector<std::string> flags = {}) {
    std::ofstream(place_ / "two_layers.toml") << two_layers;
    flags.insert(flags.begin(), {"train", "two_layers.toml", "--data", "digits", "--out", "run", "--steps",
                                 std::to_string(steps)});
    ended_ = place_.run(with(flags, settings));
  }

  /// Resumes with other settings.
  void resume(int steps, const std::vector<std::string>& settings, std::vector<std::string> flags = {}) {
    flags.insert(flags.begin(), {"train", "--resume", "run", "--steps", std::to_string(steps)});
    ended_ = place_.run(with(flags, settings));
  }

  const Workplace& place() const { return place_; }
  const Ended& ended() const { return ended_; }

  std::vector<nlohmann::json> lines(const std::string& event) const {
    std::vector<nlohmann::json> found;
    std::istringstream metrics(contents(place_ / "run/metrics.jsonl"));
    for (std::string line; std::getline(metrics, line);) {
      const auto object = nlohmann::json::parse(line);
      if (object.value("event", "") == event) {
        found.push_back(object);
      }
    }
    return found;
  }

  /// The kinds of the verdicts that are in metrics.jsonl, in order.
  std::vector<std::string> verdicts() const {
    std::vector<std::string> kinds;
    for (const nlohmann::json& line : lines("verdict")) {
      kinds.push_back((line["over"] ? "not " : "") + line["kind"].get<std::string>());
    }
    return kinds;
  }

  nlohmann::json diagnosis() const {
    return nlohmann::json::parse(place_.run({"doctor", "run", "--json"}).output);
  }

 private:
  static std::vector<std::string> with(std::vector<std::string> flags,
                                       const std::vector<std::string>& settings) {
    for (const std::string& setting : settings) {
      flags.insert(flags.end(), {"--set", setting});
    }
    return flags;
  }

  Workplace place_;
  Ended ended_;
};

}  // namespace ganymede::test
