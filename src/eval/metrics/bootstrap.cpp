#include "eval/metrics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "base/random.h"
#include "base/threads/parallel.h"

namespace ganymede::eval {

namespace {

std::vector<float> resample(std::int64_t count, const base::RandomKey& key) {
  std::vector<float> weights(static_cast<std::size_t>(count));
  for (std::int64_t n = 0; n < count; n += 4) {
    const auto words = base::random_block(key, static_cast<std::uint32_t>(n / 4));
    for (std::int64_t draw = n; draw < std::min(n + 4, count); ++draw) {
      weights[base::bounded(words[draw - n], static_cast<std::uint32_t>(count))] += 1.0F;
    }
  }
  return weights;
}

}  // namespace

double bootstrap_deviation(std::int64_t count, const BootstrapSettings& settings,
                           const WeightedStatistic& statistic) {
  if (settings.resamples < 2) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::vector<double> values(static_cast<std::size_t>(settings.resamples));
  base::parallel_for(settings.resamples, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
      values[n] = statistic(resample(count, {.seed = settings.seed,
                                             .purpose = base::Purpose::bootstrap,
                                             .stream = 0,
                                             .step = static_cast<std::uint64_t>(n)}));
    }
  });
  const auto total = static_cast<double>(settings.resamples);
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / total;
  const double squares = std::accumulate(values.begin(), values.end(), 0.0, [&](double sum, double value) {
    return sum + (value - mean) * (value - mean);
  });
  return std::sqrt(squares / (total - 1.0));
}

}  // namespace ganymede::eval
