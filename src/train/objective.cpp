#include "train/objective.h"

#include <array>
#include <cassert>
#include <cmath>

namespace ganymede::train {

namespace {

struct Point {
  double value;
  double derivative;
};

double sigmoid(double x) {
  return 1.0 / (1.0 + std::exp(-x));
}

Point evaluate_one(Loss loss, double logit, double label) {
  if (loss == Loss::least_squares) {
    return {(logit - label) * (logit - label), 2.0 * (logit - label)};
  }
  // max(x, 0) - x y + ln(1 + exp(-|x|)), which overflows nowhere.
  return {std::fmax(logit, 0.0) - logit * label + std::log1p(std::exp(-std::abs(logit))),
          sigmoid(logit) - label};
}

}  // namespace

float evaluate(Loss loss, std::span<const float> logits, float label, float weight,
               std::span<float> diff_logits) {
  assert(logits.size() == diff_logits.size());
  const auto count = static_cast<double>(logits.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const Point point = evaluate_one(loss, static_cast<double>(logits[i]), static_cast<double>(label));
    sum += point.value;
    diff_logits[i] = static_cast<float>(static_cast<double>(weight) * point.derivative / count);
  }
  return static_cast<float>(sum / count);
}

Verdict judge(std::span<const float> logits) {
  double probability = 0.0;
  double positive = 0.0;
  for (const float logit : logits) {
    probability += sigmoid(static_cast<double>(logit));
    positive += logit > 0.0F ? 1.0 : 0.0;
  }
  const auto count = static_cast<double>(logits.size());
  return {static_cast<float>(probability / count), static_cast<float>(positive / count)};
}

net::Words<Loss> words(Loss) {
  static constexpr std::array<std::pair<std::string_view, Loss>, 2> table = {
      {{"bce_with_logits", Loss::bce_with_logits}, {"least_squares", Loss::least_squares}}};
  return table;
}

net::Words<Reduction> words(Reduction) {
  static constexpr std::array<std::pair<std::string_view, Reduction>, 2> table = {
      {{"mean", Reduction::mean}, {"sum", Reduction::sum}}};
  return table;
}

}  // namespace ganymede::train
