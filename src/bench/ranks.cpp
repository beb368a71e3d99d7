#include "bench/ranks.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <sstream>

#include "base/refusal.h"
#include "io/files/process.h"

namespace ganymede::bench {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::usage};

/// A way to train: so many processes, threads of each, and images of all.
struct Way {
  int processes;
  int threads;
  std::int64_t batch;
};

std::string describe(const Way& way) {
  const auto counted = [](int count, const char* one, const char* several) {
    return fmt::format("{} {}", count, count == 1 ? one : several);
  };
  return fmt::format("step, {} of {}, B = {}", counted(way.processes, "process", "processes"),
                     counted(way.threads, "thread", "threads"), way.batch);
}

io::Program command(const RankBench& bench, const Way& way) {
  const std::vector<std::string> measure = {"bench",       "--only",
                                            "step",        "--json",
                                            "--recipe",    bench.recipe,
                                            "--precision", bench.precision,
                                            "--batch",     fmt::to_string(way.batch),
                                            "--threads",   fmt::to_string(way.threads),
                                            "--seconds",   fmt::format("{}", bench.seconds)};
  constexpr std::chrono::seconds start{60};
  const auto limit = start + std::chrono::seconds(static_cast<int>(5.0 * bench.seconds));
  io::Program program{.name = bench.program, .arguments = {}, .input = {}, .timeout = limit};
  if (way.processes > 1) {
    program.name = "mpirun";
    program.arguments = {"-np", fmt::to_string(way.processes), "-bind-to", "none", bench.program};
  }
  std::ranges::copy(measure, std::back_inserter(program.arguments));
  return program;
}

Measurement measure(const RankBench& bench, const Way& way) {
  const auto ended = io::run_program(command(bench, way));
  if (!ended) {
    refuse("bench --ranks", "no mpirun", "an MPI on PATH", "Install openmpi-bin, or load your cluster's MPI");
  }
  std::istringstream lines(ended->output);
  for (std::string line; std::getline(lines, line);) {
    const auto row = nlohmann::json::parse(line, nullptr, false);
    if (row.is_object() && row.value("what", "") == "step") {
      Measurement measurement{.recipe = row.value("recipe", ""),
                              .precision = row.value("precision", ""),
                              .what = describe(way),
                              .milliseconds = row.value("ms", 0.0),
                              .images_per_s = row.value("images_per_s", 0.0)};
      if (row.contains("sent_bytes")) {
        measurement.exchanges = row.value("exchanges", 0.0);
        measurement.sent_bytes = row.value("sent_bytes", 0.0);
        measurement.read_bytes = row.value("read_bytes", 0.0);
      }
      return measurement;
    }
  }
  refuse("bench --ranks", fmt::format("exit status {}: {}", ended->exit_status, ended->errors),
         "a time for " + describe(way), "What the program says tells what to do");
}

}  // namespace

std::vector<Measurement> rank_rows(const RankBench& bench) {
  if (bench.batch % bench.ranks != 0) {
    refuse("bench --ranks", fmt::format("{} ranks for batches of {}", bench.ranks, bench.batch),
           "a number that divides the batch", "Give --batch N with a multiple of the ranks");
  }
  const std::array<Way, 3> ways = {{{1, bench.ranks * bench.threads, bench.batch},
                                    {bench.ranks, bench.threads, bench.batch},
                                    {1, bench.threads, bench.batch / bench.ranks}}};
  constexpr int rounds = 5;
  std::array<std::vector<Measurement>, 3> measured;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t way = 0; way < ways.size(); ++way) {
      measured[way].push_back(measure(bench, ways[way]));
    }
  }
  std::vector<Measurement> rows;
  for (std::vector<Measurement>& of : measured) {
    std::ranges::nth_element(of, of.begin() + rounds / 2, {}, &Measurement::milliseconds);
    rows.push_back(of[rounds / 2]);
  }
  rows[1].to_one_process = *rows[1].milliseconds / *rows[0].milliseconds;
  rows[1].weak_efficiency = *rows[2].milliseconds / *rows[1].milliseconds;
  return rows;
}

}  // namespace ganymede::bench
