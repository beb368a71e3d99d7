#include "train/methods/objective.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <string_view>
#include <utility>

namespace ganymede::train {

namespace {

struct Point {
  double value = 0.0;
  double derivative = 0.0;
};

/// A pair's losses, and the derivatives of their sum by the two logits.
struct PairLoss {
  Point real, fake;
};

double sigmoid(double x) {
  return 1.0 / (1.0 + std::exp(-x));
}

/// max(x, 0) - x y + ln(1 + exp(-|x|)), which overflows nowhere.
Point cross_entropy(double x, double label) {
  return {std::fmax(x, 0.0) - x * label + std::log1p(std::exp(-std::abs(x))), sigmoid(x) - label};
}

Point squared_distance(double x, double label) {
  return {(x - label) * (x - label), 2.0 * (x - label)};
}

/// ln(1 + e^-x): small where x is large.
Point softplus_of_negative(double x) {
  return {std::fmax(-x, 0.0) + std::log1p(std::exp(-std::abs(x))), -sigmoid(-x)};
}

Point negated(Point p) {
  return {-p.value, -p.derivative};
}

/// max(0, 1 - sign x).
Point hinge(double x, double sign) {
  const double margin = 1.0 - sign * x;
  return margin > 0.0 ? Point{margin, -sign} : Point{};
}

using Settings = const ObjectiveSettings&;
using Scale = std::optional<LossScale>;

/// The least cross-entropy with a label that is 1 in this share of the cases.
double entropy(double share) {
  return share <= 0.0 || share >= 1.0 ? 0.0 : -share * std::log(share) - (1.0 - share) * std::log1p(-share);
}

Scale cross_entropy_scale(Settings s) {
  const double real = s.real_label + s.label_flip * (s.fake_label - s.real_label);
  const double fake = s.fake_label + s.label_flip * (s.real_label - s.fake_label);
  return LossScale{entropy(0.5 * (real + fake)), 0.5 * (entropy(real) + entropy(fake))};
}

/// One row is all that there is to know of a loss.
struct LossRow {
  Loss loss;
  std::string_view word;  // in recipes
  bool pairs;
  Scale (*scale)(Settings settings);
  PairLoss (*discriminator)(Settings settings, double real, double fake);
  Point (*generator)(Settings settings, double real, double fake);
};

constexpr std::array loss_rows = {
    LossRow{Loss::bce_with_logits, "bce_with_logits", false, cross_entropy_scale,
            [](Settings s, double real, double fake) -> PairLoss {
              return {cross_entropy(real, s.real_label), cross_entropy(fake, s.fake_label)};
            },
            [](Settings s, double, double fake) { return cross_entropy(fake, s.generator_label); }},
    LossRow{Loss::minimax, "minimax", false, cross_entropy_scale,
            [](Settings s, double real, double fake) -> PairLoss {
              return {cross_entropy(real, s.real_label), cross_entropy(fake, s.fake_label)};
            },
            [](Settings s, double, double fake) { return negated(cross_entropy(fake, s.fake_label)); }},
    LossRow{Loss::least_squares, "least_squares", false,
            [](Settings s) -> Scale {
              const double variance = (s.real_label - s.fake_label) * (s.real_label - s.fake_label);
              return LossScale{0.25 * variance, s.label_flip * (1.0 - s.label_flip) * variance};
            },
            [](Settings s, double real, double fake) -> PairLoss {
              return {squared_distance(real, s.real_label), squared_distance(fake, s.fake_label)};
            },
            [](Settings s, double, double fake) { return squared_distance(fake, s.generator_label); }},
    LossRow{Loss::wasserstein, "wasserstein", false, [](Settings) -> Scale { return std::nullopt; },
            [](Settings, double real, double fake) -> PairLoss {
              return {{-real, -1.0}, {fake, 1.0}};
            },
            [](Settings, double, double fake) -> Point {
              return {-fake, -1.0};
            }},
    LossRow{Loss::hinge, "hinge", false,
            [](Settings s) -> Scale {
              return LossScale{1.0, 2.0 * s.label_flip};
            },
            [](Settings, double real, double fake) -> PairLoss {
              return {hinge(real, 1.0), hinge(fake, -1.0)};
            },
            [](Settings, double, double fake) -> Point {
              return {-fake, -1.0};
            }},
    LossRow{Loss::relativistic, "relativistic", true,
            [](Settings s) -> Scale {
              return LossScale{entropy(0.5), entropy(s.label_flip)};
            },
            [](Settings, double real, double fake) -> PairLoss {
              const Point pair = softplus_of_negative(real - fake);
              return {{pair.value, 2.0 * pair.derivative}, {pair.value, -2.0 * pair.derivative}};
            },
            [](Settings, double real, double fake) { return softplus_of_negative(fake - real); }},
};

const LossRow& row_of(Loss loss) {
  const LossRow& row = loss_rows[static_cast<std::size_t>(loss)];
  assert(row.loss == loss);
  return row;
}

}  // namespace

bool compares_pairs(Loss loss) {
  return row_of(loss).pairs;
}

std::optional<LossScale> loss_scale(const ObjectiveSettings& objective) {
  return row_of(objective.loss).scale(objective);
}

DiscriminatorLosses discriminator_loss(const ObjectiveSettings& objective, std::span<const float> real,
                                       std::span<const float> fake, std::span<const std::uint8_t> flipped,
                                       std::span<float> diff_real, std::span<float> diff_fake) {
  assert(real.size() == fake.size());
  const LossRow& row = row_of(objective.loss);
  const auto count = static_cast<double>(real.size());
  const double share = objective.discriminator_reduction == Reduction::mean ? 0.5 : 1.0;
  double real_sum = 0.0;
  double fake_sum = 0.0;
  for (std::size_t i = 0; i < real.size(); ++i) {
    const bool flip = !flipped.empty() && flipped[i] != 0;
    PairLoss pair = row.discriminator(objective, static_cast<double>(flip ? fake[i] : real[i]),
                                      static_cast<double>(flip ? real[i] : fake[i]));
    if (flip) {
      std::swap(pair.real, pair.fake);
    }
    real_sum += pair.real.value;
    fake_sum += pair.fake.value;
    diff_real[i] = static_cast<float>(share * pair.real.derivative / count);
    diff_fake[i] = static_cast<float>(share * pair.fake.derivative / count);
  }
  return {static_cast<float>(real_sum / count), static_cast<float>(fake_sum / count)};
}

float generator_loss(const ObjectiveSettings& objective, std::span<const float> real,
                     std::span<const float> fake, std::span<float> diff_fake) {
  const LossRow& row = row_of(objective.loss);
  assert(!row.pairs || real.size() == fake.size());
  const auto count = static_cast<double>(fake.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < fake.size(); ++i) {
    const double real_logit = row.pairs ? static_cast<double>(real[i]) : 0.0;
    const Point point = row.generator(objective, real_logit, static_cast<double>(fake[i]));
    sum += point.value;
    diff_fake[i] = static_cast<float>(point.derivative / count);
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
  static constexpr auto table = [] {
    std::array<std::pair<std::string_view, Loss>, loss_rows.size()> all;
    std::ranges::transform(loss_rows, all.begin(),
                           [](const LossRow& row) { return std::pair(row.word, row.loss); });
    return all;
  }();
  return table;
}

net::Words<Reduction> words(Reduction) {
  static constexpr std::array<std::pair<std::string_view, Reduction>, 2> table = {
      {{"mean", Reduction::mean}, {"sum", Reduction::sum}}};
  return table;
}

}  // namespace ganymede::train
