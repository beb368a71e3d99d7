#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/profile.h"
#include "ops/device.h"
#include "train/recipe/recipe.h"

namespace ganymede::bench {

/// One line of a table of speeds; what was not measured, or is not defined for it, is empty.
struct Measurement {
  std::string recipe = {};
  std::string precision = {};
  std::string what = {};                    ///< "step", "sample", or a layer and its pass
  std::optional<double> milliseconds = {};  ///< the median
  std::optional<double> images_per_s = {};
  std::optional<double> gflops = {};      ///< 10^9 floating-point operations of the matrix products a second
  std::optional<double> peak_share = {};  ///< of what one large product reaches in the same run
  std::optional<double> to_quiet = {};    ///< how many times as long as without the busy processes beside
};

/// The measurement with the rate of so many floating-point operations of matrix products in its time, and
/// that rate's share of `peak`; without both if there are none.
Measurement with_rate(Measurement measurement, double operations, double peak);

/// The floating-point operations a second, in 10^9, of a large matrix product: the best of several.
double peak_gflops(const ops::Device& device, base::DType precision);

/// The rows of timed passes, the longest first, in milliseconds for each of `steps`.
std::vector<Measurement> pass_rows(const train::Recipe& recipe, const std::vector<net::PassTime>& times,
                                   std::int64_t steps, double peak);

/// Tables for people and, a JSON object a line, for programs.
std::string table(const std::vector<Measurement>& rows);
std::string json_lines(const std::vector<Measurement>& rows);

}  // namespace ganymede::bench
