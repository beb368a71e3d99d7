#include "cli/measurement.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

#include "base/buffer.h"
#include "cli/format.h"
#include "ops/matmul.h"

namespace ganymede::cli {

double multiply_adds(const net::NetSpec& network) {
  const auto shapes = net::infer_shapes(network);
  double sum = 0.0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    sum += static_cast<double>(net::multiply_adds(network.layers[i], shapes[i]));
  }
  return sum;
}

double peak_gflops(const ops::Device& device, base::DType precision) {
  constexpr std::int64_t size = 1536;
  constexpr int rounds = 8;
  const ops::Matmul matmul(
      device, {.rows = size, .inner = size, .columns = size, .src = precision, .weights = precision});
  const base::Buffer src(size * size * sizeof(float));
  const base::Buffer weights(size * size * sizeof(float));
  base::Buffer dst(size * size * sizeof(float));
  double best = 0.0;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    matmul.run(src.data(), weights.data(), nullptr, dst.data());
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    best = std::max(best, 2e-9 * size * size * size / elapsed.count());
  }
  return best;
}

std::string precision_name(const train::Recipe& recipe) {
  return train::resolve(recipe.training.precision) == base::DType::bf16 ? "bf16" : "f32";
}

std::vector<Measurement> pass_rows(const train::Recipe& recipe, const std::vector<net::PassTime>& times,
                                   std::int64_t steps, double peak) {
  std::vector<Measurement> rows;
  rows.reserve(times.size());
  for (const net::PassTime& time : times) {
    const double gflops = 1e-9 * time.operations * static_cast<double>(time.calls) / time.seconds;
    rows.push_back({.recipe = recipe.name,
                    .precision = precision_name(recipe),
                    .what = fmt::format("{}, {}", time.layer, net::pass_name(time.pass)),
                    .milliseconds = 1e3 * time.seconds / static_cast<double>(steps),
                    .gflops = gflops,
                    .peak_share = gflops / peak});
  }
  std::ranges::sort(rows, std::greater<>{}, &Measurement::milliseconds);
  return rows;
}

std::string table(const std::vector<Measurement>& rows) {
  std::string text = fmt::format("{:<12} {:<5} {:<52} {:>9} {:>9} {:>8} {:>6}\n", "recipe", "type", "what",
                                 "ms", "images/s", "GFLOP/s", "peak");
  for (const Measurement& row : rows) {
    text += fmt::format("{:<12} {:<5} {:<52} {:>9.3f} {:>9} {:>8} {:>6}\n", row.recipe, row.precision,
                        row.what, row.milliseconds, row.images_per_s > 0 ? compact(row.images_per_s) : "",
                        row.gflops > 0 ? fmt::format("{:.0f}", row.gflops) : "",
                        row.gflops > 0 ? percent(row.peak_share) : "");
  }
  return text;
}

std::string json_lines(const std::vector<Measurement>& rows) {
  std::string text;
  for (const Measurement& row : rows) {
    text +=
        nlohmann::ordered_json{
            {"recipe", row.recipe},        {"precision", row.precision},       {"what", row.what},
            {"ms", row.milliseconds},      {"images_per_s", row.images_per_s}, {"gflops", row.gflops},
            {"peak_share", row.peak_share}}
            .dump() +
        "\n";
  }
  return text;
}

}  // namespace ganymede::cli
