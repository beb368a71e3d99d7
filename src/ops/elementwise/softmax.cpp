#include "ops/elementwise/softmax.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace ganymede::ops {

namespace {

/// Writes a row's softmax and returns ln(sum e^x).
double softmax_row(std::span<const float> logits, std::span<float> probabilities) {
  const float largest = *std::ranges::max_element(logits);
  double sum = 0.0;
  for (const float logit : logits) {
    sum += std::exp(static_cast<double>(logit - largest));
  }
  for (std::size_t c = 0; c < logits.size(); ++c) {
    probabilities[c] = static_cast<float>(std::exp(static_cast<double>(logits[c] - largest)) / sum);
  }
  return static_cast<double>(largest) + std::log(sum);
}

}  // namespace

void softmax(std::span<const float> logits, std::int64_t classes, std::span<float> probabilities) {
  assert(logits.size() == probabilities.size());
  const auto width = static_cast<std::size_t>(classes);
  for (std::size_t first = 0; first < logits.size(); first += width) {
    softmax_row(logits.subspan(first, width), probabilities.subspan(first, width));
  }
}

float softmax_cross_entropy(std::span<const float> logits, std::span<const std::int32_t> labels,
                            std::span<float> diff_logits) {
  assert(logits.size() == diff_logits.size() && logits.size() % labels.size() == 0);
  const std::size_t classes = logits.size() / labels.size();
  const auto rows = static_cast<float>(labels.size());
  double sum = 0.0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const std::span from = logits.subspan(row * classes, classes);
    const std::span to = diff_logits.subspan(row * classes, classes);
    const auto label = static_cast<std::size_t>(labels[row]);
    const double chosen = static_cast<double>(from[label]);
    sum += softmax_row(from, to) - chosen;
    to[label] -= 1.0F;
    std::ranges::for_each(to, [&](float& diff) { diff /= rows; });
  }
  return static_cast<float>(sum / static_cast<double>(labels.size()));
}

}  // namespace ganymede::ops
