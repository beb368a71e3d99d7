#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

#include "cli/workplace.h"

namespace ganymede::test {
namespace {

using testing::HasSubstr;

/// The rows of a bench in f32 that was printed as JSON.
std::vector<nlohmann::json> rows(const Ended& bench) {
  EXPECT_EQ(bench.status, 0) << bench.errors;
  std::vector<nlohmann::json> all;
  std::istringstream lines(bench.output);
  for (std::string line; std::getline(lines, line);) {
    all.push_back(nlohmann::json::parse(line));
    EXPECT_EQ(all.back()["precision"], "f32");
  }
  return all;
}

/// What they are about.
std::vector<std::string> measured(const Ended& bench) {
  std::vector<std::string> all;
  for (const nlohmann::json& row : rows(bench)) {
    all.push_back(row["what"]);
  }
  return all;
}

Ended bench_of_dense_small(std::vector<std::string> more) {
  std::vector<std::string> arguments = {"bench",       "--recipe", "dense-small", "--batch", "8",
                                        "--precision", "f32",      "--seconds",   "0.05"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Workplace().run(arguments);
}

TEST(Bench, ItMeasuresTheStepSamplingAndEachLayer) {
  EXPECT_THAT(
      measured(bench_of_dense_small({"--json"})),
      testing::IsSupersetOf({"step", "sample 1,000", "generator dense_1, backward weights",
                             "frozen discriminator dense_4, backward data", "generator adam, update"}));
}

TEST(Bench, ItMeasuresEachOperationAlone) {
  const Workplace place;
  const auto ops = [&](const char* recipe) {
    return measured(place.run({"bench", "--recipe", recipe, "--batch", "2", "--precision", "f32", "--only",
                               "ops", "--seconds", "0.05", "--json"}));
  };
  EXPECT_THAT(ops("dense"),
              testing::IsSupersetOf({"matmul 1024 -> 784, backward data", "batch_norm 512, backward",
                                     "leaky_relu of 256, backward", "adam of 2,023,441 parameters"}));
  EXPECT_THAT(ops("conv"), testing::IsSupersetOf({"conv_transpose 14x14x128 -> 28x28x128, backward weights",
                                                  "dropout of 7x7x64", "adam of 1,204,994 parameters"}));
}

TEST(Bench, ARowHasOnlyWhatWasMeasuredForIt) {
  const std::vector<nlohmann::json> found = rows(bench_of_dense_small({"--json"}));
  ASSERT_FALSE(found.empty());
  EXPECT_THAT(found.front()["what"], HasSubstr("peak"));
  EXPECT_FALSE(found.front().contains("ms"));
  EXPECT_FALSE(found.front().contains("peak_share"));
  for (const nlohmann::json& row : found) {
    const bool has_products = row["what"] != "generator adam, update";
    if (!has_products || row["what"] == "step") {
      EXPECT_EQ(row.contains("peak_share"), has_products) << row;
      EXPECT_EQ(row.contains("gflops"), has_products) << row;
    }
    for (const auto& [key, value] : row.items()) {
      if (value.is_number()) {
        EXPECT_GT(value.get<double>(), 0.0) << key << " of " << row;
      }
    }
  }
}

TEST(Bench, BesideBusyProcessesItMeasuresTheStepAloneToo) {
  const std::vector<nlohmann::json> found = rows(bench_of_dense_small({"--beside", "2", "--json"}));
  ASSERT_EQ(found.size(), 3);
  EXPECT_EQ(found[1]["what"], "step");
  EXPECT_FALSE(found[1].contains("to_quiet"));
  EXPECT_EQ(found[2]["what"], "step beside 2 busy processes");
  EXPECT_DOUBLE_EQ(found[2]["to_quiet"].get<double>(),
                   found[2]["ms"].get<double>() / found[1]["ms"].get<double>());
}

TEST(Bench, TheTableHasTheRatioToTheQuietStep) {
  EXPECT_THAT(bench_of_dense_small({"--beside", "1"}).output,
              testing::ContainsRegex("to quiet\n(.*\n)*.* step beside 1 busy process .* [0-9.]+x\n$"));
  EXPECT_THAT(bench_of_dense_small({"--only", "step"}).output, testing::Not(HasSubstr("to quiet")));
}

TEST(Bench, OnlyTheStepIsMeasuredBesideBusyProcesses) {
  const Ended refused = bench_of_dense_small({"--beside", "1", "--only", "sample"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("--only: found sample, expected step"));
}

}  // namespace
}  // namespace ganymede::test
