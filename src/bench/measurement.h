#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/profile.h"
#include "ops/device.h"
#include "train/recipe/recipe.h"

namespace ganymede::bench {

/// A row of a table of speeds; values that were not measured or are not defined are empty.
struct Measurement {
  std::string recipe = {};
  std::string precision = {};
  std::string what = {};                    ///< "step", "sample", or a layer and its pass
  std::optional<double> milliseconds = {};  ///< the median
  std::optional<double> images_per_s = {};
  std::optional<double> gflops = {};      ///< 10^9 floating-point operations of the matrix products a second
  std::optional<double> peak_share = {};  ///< of the speed of one large product in the same run
  std::optional<double> to_quiet = {};    ///< ratio to the time without busy processes
  std::optional<double> exchanges = {};   ///< of each process with all others
  std::optional<double> sent_bytes = {};  ///< by a process to others, through MPI
  std::optional<double> read_bytes = {};  ///< by a process, where others of its machine have them
  std::optional<double> to_one_process = {};   ///< ratio to the time of one process with all threads
  std::optional<double> weak_efficiency = {};  ///< the time of one of the processes alone, by that of all
};

/// The measurement with its rate of floating-point operations of matrix products and the rate's share of
/// `peak`; without both if there are no operations.
Measurement with_rate(Measurement measurement, double operations, double peak);

/// The speed of a large matrix product in GFLOP/s, the best of several runs.
double peak_gflops(const ops::Device& device, base::DType precision);

/// The rows of timed passes, the longest first, in milliseconds for each of `steps`.
std::vector<Measurement> pass_rows(const train::Recipe& recipe, const std::vector<net::PassTime>& times,
                                   std::int64_t steps, double peak);

/// A table for people, and a JSON object per line for programs.
std::string table(const std::vector<Measurement>& rows);
std::string json_lines(const std::vector<Measurement>& rows);

}  // namespace ganymede::bench
