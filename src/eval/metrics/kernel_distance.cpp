#include "eval/metrics/kernel_distance.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "base/random.h"
#include "base/threads/parallel.h"
#include "ops/matmul.h"

namespace ganymede::eval {

namespace {

/// Computes discrepancies of sets of one size.
class Discrepancy {
 public:
  Discrepancy(const ops::Device& device, std::int64_t count, std::int64_t dimensions)
      : count_(count),
        scale_(1.0 / static_cast<double>(dimensions)),
        product_(device, {.rows = count, .inner = dimensions, .columns = count, .transpose_weights = true}),
        products_(static_cast<std::size_t>(count * count) * sizeof(float)),
        sums_(static_cast<std::size_t>(count)) {}

  double operator()(std::span<const float> a, std::span<const float> b) {
    const auto n = static_cast<double>(count_);
    const double within = sum_of_kernel(a, a, false) + sum_of_kernel(b, b, false);
    return within / (n * (n - 1.0)) - 2.0 * sum_of_kernel(a, b, true) / (n * n);
  }

 private:
  double sum_of_kernel(std::span<const float> a, std::span<const float> b, bool with_diagonal) {
    product_.run(a.data(), b.data(), nullptr, products_.data());
    constexpr std::int64_t rows_a_thread = 16;
    base::parallel_for(count_, rows_a_thread, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const std::span line = products_.as<const float>().subspan(row * count_, count_);
        sums_[row] = std::accumulate(line.begin(), line.end(), 0.0,
                                     [&](double sum, float product) { return sum + kernel(product); });
        sums_[row] -= with_diagonal ? 0.0 : kernel(line[row]);
      }
    });
    return std::accumulate(sums_.begin(), sums_.end(), 0.0);
  }

  double kernel(float product) const {
    const double base = static_cast<double>(product) * scale_ + 1.0;
    return base * base * base;
  }

  std::int64_t count_;
  double scale_;
  ops::Matmul product_;
  base::Buffer products_;     // [count, count]
  std::vector<double> sums_;  // [count], a row's each, so that the sum does not depend on the threads
};

/// The features of `size` images, drawn without repetition.
std::vector<float> draw(const Features& features, std::int64_t size, const base::RandomKey& key) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(features.count()));
  std::iota(order.begin(), order.end(), 0U);
  std::vector<float> drawn;
  drawn.reserve(static_cast<std::size_t>(size * features.dimensions));
  base::draw_first(key, std::span(order), static_cast<std::size_t>(size));
  for (const std::uint32_t number : std::span(order).first(size)) {
    std::ranges::copy(features.of(number), std::back_inserter(drawn));
  }
  return drawn;
}

}  // namespace

KernelDistance kernel_distance(const ops::Device& device, const Features& a, const Features& b,
                               const KernelDistanceSettings& settings) {
  const std::int64_t size = std::min({settings.subset_size, a.count(), b.count()});
  Discrepancy discrepancy(device, size, a.dimensions);
  std::vector<double> values;
  for (std::int64_t subset = 0; subset < settings.subsets; ++subset) {
    const auto key = [&](std::uint32_t which) {
      return base::RandomKey{.seed = settings.seed,
                             .purpose = base::Purpose::evaluation_subset,
                             .stream = which,
                             .step = static_cast<std::uint64_t>(subset)};
    };
    values.push_back(discrepancy(draw(a, size, key(0)), draw(b, size, key(1))));
  }
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  const double squares = std::accumulate(values.begin(), values.end(), 0.0, [&](double sum, double value) {
    return sum + (value - mean) * (value - mean);
  });
  return {mean, std::sqrt(squares / count), size};
}

double squared_discrepancy(const ops::Device& device, const Features& a, const Features& b) {
  assert(a.count() == b.count() && a.dimensions == b.dimensions);
  return Discrepancy(device, a.count(), a.dimensions)(a.values, b.values);
}

}  // namespace ganymede::eval
