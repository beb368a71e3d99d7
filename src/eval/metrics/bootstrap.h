#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace ganymede::eval {

struct BootstrapSettings {
  std::int64_t resamples = 100;
  std::uint64_t seed = 0;
};

/// A statistic of images in which image n counts `weights[n]` times; the weights add up to the number of
/// images.
using WeightedStatistic = std::function<double(std::span<const float> weights)>;

/// The deviation of a statistic over resamples of `count` images with repetition (Efron 1979). Called from
/// several threads. NaN for fewer than two resamples.
double bootstrap_deviation(std::int64_t count, const BootstrapSettings& settings,
                           const WeightedStatistic& statistic);

/// Half the width of the normal interval that holds 95% of the values, in deviations.
constexpr double interval_in_deviations = 1.96;

}  // namespace ganymede::eval
