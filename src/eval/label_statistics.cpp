#include "eval/label_statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace ganymede::eval {

namespace {

double weight_of(std::span<const float> weights, std::int64_t image) {
  return weights.empty() ? 1.0 : static_cast<double>(weights[image]);
}

void divide(std::vector<double>& sums, double total) {
  std::ranges::for_each(sums, [&](double& sum) { sum /= total; });
}

}  // namespace

std::vector<double> label_shares(const Readings& readings, std::span<const float> weights) {
  std::vector<double> shares(static_cast<std::size_t>(readings.classes));
  for (std::int64_t image = 0; image < readings.count(); ++image) {
    shares[readings.label(image)] += weight_of(weights, image);
  }
  divide(shares, static_cast<double>(readings.count()));
  return shares;
}

std::vector<double> label_shares(std::span<const std::uint16_t> labels, std::int64_t classes) {
  std::vector<double> shares(static_cast<std::size_t>(classes));
  for (const std::uint16_t label : labels) {
    shares[label] += 1.0;
  }
  divide(shares, static_cast<double>(labels.size()));
  return shares;
}

double divergence(std::span<const double> p, std::span<const double> q) {
  assert(p.size() == q.size());
  double sum = 0.0;
  for (std::size_t c = 0; c < p.size(); ++c) {
    sum += p[c] > 0.0 ? p[c] * std::log(p[c] / q[c]) : 0.0;
  }
  return sum;
}

double classifier_score(const Readings& readings, std::span<const float> weights) {
  std::vector<double> mean(static_cast<std::size_t>(readings.classes));
  double mean_negative_entropy = 0.0;  // of one image's probabilities
  for (std::int64_t image = 0; image < readings.count(); ++image) {
    const double weight = weight_of(weights, image) / static_cast<double>(readings.count());
    const auto probabilities = readings.probabilities_of(image);
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const auto p = static_cast<double>(probabilities[c]);
      mean[c] += weight * p;
      mean_negative_entropy += p > 0.0 ? weight * p * std::log(p) : 0.0;
    }
  }
  double negative_entropy_of_mean = 0.0;
  for (const double p : mean) {
    negative_entropy_of_mean += p > 0.0 ? p * std::log(p) : 0.0;
  }
  return std::exp(mean_negative_entropy - negative_entropy_of_mean);
}

}  // namespace ganymede::eval
