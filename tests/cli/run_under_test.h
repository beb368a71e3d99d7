#pragma once

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "cli/workplace.h"

/// A run in training or after it, and its files.
namespace ganymede::test {

inline std::vector<nlohmann::json> objects(const std::string& lines) {
  std::vector<nlohmann::json> all;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    all.push_back(nlohmann::json::parse(line));
  }
  return all;
}

/// The metrics without what depends on the clock.
inline std::vector<nlohmann::json> timeless(std::vector<nlohmann::json> metrics) {
  for (nlohmann::json& line : metrics) {
    line.erase("time");
    line.erase("ms_per_step");
    line.erase("images_per_s");
  }
  return metrics;
}

/// Waits until the run exists and trains.
inline void wait_for_training(const Workplace& place) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (contents(place / "run/metrics.jsonl").empty()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

inline std::int64_t newest_step(const Workplace& place) {
  std::int64_t newest = -1;
  for (const std::string& name : place.names("run/checkpoints")) {
    if (name.starts_with("step_")) {
      newest = std::max<std::int64_t>(newest, std::stoll(name.substr(5)));
    }
  }
  return newest;
}

/// Waits until the run has a checkpoint of at least `step` steps.
inline void wait_for_step(const Workplace& place, std::int64_t step) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (newest_step(place) < step) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

inline void expect_resumable(const Workplace& place) {
  const std::string end = std::to_string(newest_step(place) + 2);
  const Ended resumed = place.run({"train", "--resume", "run", "--steps", end});
  EXPECT_EQ(resumed.status, 0) << resumed.errors;
}

inline const std::vector<std::string> endless = {"--epochs", "1000000"};

}  // namespace ganymede::test
