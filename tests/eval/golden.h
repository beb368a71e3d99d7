#pragma once

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

#include "eval/features.h"

namespace ganymede::eval {

/// What tests/golden/make_metrics.py wrote.
inline const nlohmann::json& golden() {
  static const nlohmann::json json =
      nlohmann::json::parse(std::ifstream(GANYMEDE_TEST_DATA_DIR "/golden/metrics.json"));
  return json;
}

/// Features of real and generated images with the results of public implementations.
struct GoldenCase {
  std::string name;
  std::int64_t dimensions = 0;
  std::vector<float> real_values, generated_values;
  nlohmann::json expected;

  Features real() const { return {real_values, dimensions}; }
  Features generated() const { return {generated_values, dimensions}; }
  double value(const char* key) const { return expected[key].get<double>(); }
};

inline std::vector<GoldenCase> golden_cases() {
  std::vector<GoldenCase> cases;
  for (const auto& json : golden()["cases"]) {
    cases.push_back({json["name"], json["dimensions"], json["real"], json["generated"], json});
  }
  return cases;
}

/// The required agreement.
constexpr double relative_tolerance = 1e-4;

}  // namespace ganymede::eval
