#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/measurement.h"

namespace ganymede::bench {

/// What to compare by rank_rows().
struct RankBench {
  std::string program;     ///< Ganymede itself, which is started several times
  std::string recipe;      ///< its name or file
  std::string precision;   ///< "f32" or "bf16"
  std::int64_t batch = 0;  ///< of all processes together
  int ranks = 2;           ///< processes
  int threads = 1;         ///< of each process
  double seconds = 1.0;    ///< for each measurement
};

/// How a training scales on this machine, each the median of several rounds in turns: one process with the
/// threads of all, `ranks` processes with mpirun, and one of these alone with its share of the batch. Throws
/// Error(usage) without mpirun, or what a program said that failed.
std::vector<Measurement> rank_rows(const RankBench& bench);

}  // namespace ganymede::bench
