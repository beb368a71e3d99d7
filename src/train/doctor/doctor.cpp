#include "train/doctor/doctor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>
#include <variant>

#include "base/number.h"

namespace ganymede::train {

namespace {

using base::grouped;

/// The distance of two images is about this where pixels go from -1 to 1, and what a critic of slope one can
/// keep them apart by.
constexpr double usual_wasserstein_distance = 10.0;

/// In nats: 28x28 pixels cost 543 by guessing, more channels more.
constexpr double usual_lower_bound = 1000.0;

/// What is known when a rule is believed.
struct Evidence {
  std::int64_t since = 0;
  const ObjectiveSettings& objective;
  const StepMetrics& metrics;
  const Examination& examination;
};

double mean_discriminator_loss(const GanMetrics& metrics) {
  return 0.5 * (static_cast<double>(metrics.discriminator_loss_real) +
                static_cast<double>(metrics.discriminator_loss_fake));
}

int percent(double share) {
  return static_cast<int>(std::lround(100.0 * share));
}

std::string compared_with_guessing(const Evidence& evidence) {
  const auto scale = loss_scale(evidence.objective);
  const double loss = mean_discriminator_loss(std::get<GanMetrics>(evidence.metrics));
  return scale ? fmt::format("its loss is {:.3g}, guessing costs {:.2g}", loss, scale->guessing)
               : fmt::format("the distance is {:.3g}", -2.0 * loss);
}

std::string describe_labels(const Evidence& evidence) {
  std::vector<std::string> names;
  double share = 0.0;
  double of_data = 0.0;
  for (const LabelShare& label : evidence.examination.labels) {
    if (label.share > 1.5 * label.of_data) {
      names.push_back("\"" + label.name + "\"");
      share += label.share;
      of_data += label.of_data;
    }
  }
  return fmt::format("{}% of the samples show {} since step {}; of the data, {}% do", percent(share),
                     fmt::join(names, " or "), grouped(evidence.since), percent(of_data));
}

std::string describe_duplicates(const Evidence& evidence) {
  return fmt::format("{}% of the samples repeat another one since step {}",
                     percent(evidence.examination.duplicates), grouped(evidence.since));
}

std::string describe_strong_discriminator(const Evidence& evidence) {
  return fmt::format(
      "The discriminator has won since step {}: it tells real from generated images almost without fail, so "
      "that the generator learns next to nothing ({})",
      grouped(evidence.since), compared_with_guessing(evidence));
}

std::string describe_strong_generator(const Evidence& evidence) {
  return fmt::format(
      "The generator has won since step {}: the discriminator takes its images for the real ones, whatever "
      "they look like ({})",
      grouped(evidence.since), compared_with_guessing(evidence));
}

std::string describe_standstill(const Evidence& evidence) {
  return fmt::format("The generator has stood still since step {}: no gradient reaches it any more",
                     grouped(evidence.since));
}

std::string describe_losses(const Evidence& evidence) {
  std::vector<std::string> losses;
  for_each_metric(evidence.metrics, [&](std::string_view name, float value) {
    if (name.starts_with("loss")) {
      losses.push_back(fmt::format("{} {:.3g}", name, value));
    }
  });
  return fmt::format("The losses have exploded since step {}: {}", grouped(evidence.since),
                     fmt::join(losses, ", "));
}

std::string describe_gradients(const Evidence& evidence) {
  return fmt::format("The gradients have grown a thousandfold since step {}", grouped(evidence.since));
}

enum class Side { at_least, at_most };

/// An ailment is there when a sign is beyond a limit and has been for some steps.
struct Rule {
  Ailment ailment;
  double Signs::*sign;
  Side side;
  double limit;
  std::int64_t lasting;
  std::string (*describe)(const Evidence& evidence);

  bool is_met(const Signs& signs) const {
    return side == Side::at_least ? signs.*sign >= limit : signs.*sign <= limit;
  }
};

constexpr std::array rules = {
    // Half of the samples are too many of their label, or repeat each other: healthy generators that have got
    // that far stay below 0.4. At two examinations, since one can fall into the moment in which a generator
    // moves from one kind of image to another.
    Rule{Ailment::collapse, &Signs::unevenness, Side::at_least, 0.5, 1, describe_labels},
    Rule{Ailment::collapse, &Signs::duplicates, Side::at_least, 0.5, 1, describe_duplicates},
    // Healthy discriminators are 0.97 ahead for up to a hundred steps in the beginning, and at a slow
    // learning rate 0.94 for thousands.
    Rule{Ailment::discriminator_won, &Signs::lead, Side::at_least, 0.98, 200, describe_strong_discriminator},
    // Healthy runs come down to -0.3 for the length of one interval, early, while the networks take turns.
    Rule{Ailment::generator_won, &Signs::lead, Side::at_most, -0.25, 200, describe_strong_generator},
    // Spread over a hundred thousand weights that is less than Adam's epsilon. Healthy generators have a
    // gradient of 0.02 and more.
    Rule{Ailment::standstill, &Signs::generator_gradient, Side::at_most, 1e-6, 200, describe_standstill},
    // A loss of a hundred guesses is e to the minus seventy in probability: no network that learns is that
    // sure and wrong. In two intervals, as a single batch may be odd.
    Rule{Ailment::explosion, &Signs::loss_size, Side::at_least, 100.0, 20, describe_losses},
    Rule{Ailment::explosion, &Signs::gradient_rise, Side::at_least, 1000.0, 20, describe_gradients},
};

/// Every generator begins with one shape for all latent points. That is no collapse until it has made
/// different ones, or two million images, which is three times what any shipped recipe needs with a learning
/// rate of 1e-4 or more; with a lower one, as many times more.
std::int64_t forming_steps(const Recipe& recipe) {
  constexpr double images = 2e6;
  constexpr double slow_rate = 1e-4;
  const double slowness = std::max(1.0, slow_rate / recipe.generator_optimizer.learning_rate);
  return static_cast<std::int64_t>(
      std::min(images * slowness / static_cast<double>(recipe.training.batch_size), 1e18));
}

struct AilmentRow {
  Ailment ailment;
  std::string_view word;   // in files
  std::string_view title;  // of one that is over
};

constexpr std::array ailment_rows = {
    AilmentRow{Ailment::collapse, "collapse", "The collapse"},
    AilmentRow{Ailment::discriminator_won, "discriminator_won", "The discriminator's victory"},
    AilmentRow{Ailment::generator_won, "generator_won", "The generator's victory"},
    AilmentRow{Ailment::standstill, "standstill", "The standstill"},
    AilmentRow{Ailment::explosion, "explosion", "The explosion"},
    AilmentRow{Ailment::not_finite, "not_finite", "The divergence"},
};

const AilmentRow& row_of(Ailment ailment) {
  const AilmentRow& row = ailment_rows[static_cast<std::size_t>(ailment)];
  assert(row.ailment == ailment);
  return row;
}

/// Whether a gradient penalty can be added to a GAN that has none: see net::make_plan().
bool takes_penalty(const Recipe& recipe) {
  const bool possible = recipe.model == ModelKind::gan && !recipe.penalty.any();
  return possible &&
         std::ranges::all_of(recipe.discriminator.layers, &net::LayerFacts::takes_penalty, net::facts_of);
}

std::string set_rate(std::string_view network, double rate) {
  return fmt::format("--set {}_optimizer.learning_rate={:g}", network, rate);
}

/// The one thing to change that is the likeliest to help.
std::string advice_on(Ailment ailment, const Recipe& recipe) {
  constexpr double usual_rate = 1e-3;  // of the recipes that learn fast
  const double generator_rate = recipe.generator_optimizer.learning_rate;
  const double discriminator_rate = recipe.discriminator_optimizer.learning_rate;
  switch (ailment) {
    case Ailment::collapse:
      if (takes_penalty(recipe)) {
        return "Hold down the discriminator's slope at the real images: --set penalty.r1=1";
      }
      return "Let the generator learn more slowly: " + set_rate("generator", generator_rate / 4.0);
    case Ailment::discriminator_won:
      if (generator_rate < discriminator_rate) {
        return "Let the generator learn as fast: " + set_rate("generator", discriminator_rate);
      }
      return "Let the discriminator learn more slowly: " +
             set_rate("discriminator", discriminator_rate / 4.0);
    case Ailment::generator_won:
      if (discriminator_rate < generator_rate) {
        return "Let the discriminator learn as fast: " + set_rate("discriminator", generator_rate);
      }
      return fmt::format(
          "Give the discriminator more layers or units or, in a new run, more steps: --set "
          "training.discriminator_steps={}",
          recipe.training.discriminator_steps + 1);
    case Ailment::standstill:
      return "Its units are saturated, which lasts. In a new run, let it learn more slowly: " +
             set_rate("generator", std::min(generator_rate / 4.0, usual_rate));
    case Ailment::explosion:
    case Ailment::not_finite:
      break;
  }
  std::string advice = "Lower the learning rates:";
  for (const LearningNetwork& network : learning_networks(recipe)) {
    advice += " " + set_rate(network.name, calmer_rate(network.optimizer.learning_rate));
  }
  return advice;
}

/// How many times its usual size a norm is, once there are some to compare it with. A smaller one than
/// healthy networks have counts as that: a generator that begins to learn is no explosion.
double rise(UsualNorm& usual, double norm) {
  constexpr double enough = 5.0;
  constexpr double least = 0.01;
  if (!std::isfinite(norm) || norm <= 0.0) {
    return Signs::unknown;
  }
  const double rise = usual.count < enough ? Signs::unknown : norm / std::exp(usual.log_sum / usual.count);
  usual.log_sum += std::log(std::max(norm, least));
  usual.count += 1.0;
  return rise;
}

void read_losses(const ObjectiveSettings& objective, const GanMetrics& metrics, Signs& signs) {
  // Where knowing saves less than this share of what guessing costs, as with half of the labels flipped, the
  // loss does not tell who is ahead.
  constexpr double least_saving = 0.05;
  constexpr double least_guess = 0.1;  // equal labels cost nothing to guess
  const double loss = mean_discriminator_loss(metrics);
  if (const auto scale = loss_scale(objective)) {
    const double saving = scale->guessing - scale->knowing;
    const double largest =
        std::max({std::abs(metrics.discriminator_loss_real), std::abs(metrics.discriminator_loss_fake),
                  std::abs(metrics.generator_loss)});
    if (saving > least_saving * scale->guessing) {
      signs.lead = (scale->guessing - loss) / saving;
    }
    signs.loss_size = largest / std::max(scale->guessing, least_guess);
  } else {
    const double distance = -2.0 * loss;
    signs.lead = std::min(distance, 0.0);
    signs.loss_size = std::abs(distance) / usual_wasserstein_distance;
  }
}

void read_losses(const ObjectiveSettings&, const VaeMetrics& metrics, Signs& signs) {
  signs.loss_size = std::abs(static_cast<double>(metrics.loss)) / usual_lower_bound;
}

Signs read_signs(const Examination& examination) {
  Signs signs;
  signs.duplicates = examination.duplicates;
  if (!examination.labels.empty()) {
    signs.unevenness = 0.0;
    for (const LabelShare& label : examination.labels) {
      signs.unevenness += std::max(label.share - label.of_data, 0.0);
    }
  }
  return signs;
}

}  // namespace

std::string_view to_string(Ailment ailment) {
  return row_of(ailment).word;
}

std::optional<Ailment> parse_ailment(std::string_view word) {
  const auto* const row = std::ranges::find(ailment_rows, word, &AilmentRow::word);
  return row == ailment_rows.end() ? std::nullopt : std::optional(row->ailment);
}

double calmer_rate(double learning_rate) {
  return std::min(learning_rate / 10.0, 1e-4);
}

Doctor::Doctor(const Recipe& recipe) : recipe_(recipe), metrics_(no_metrics(recipe)) {
  static_assert(rules.size() == rule_count);
}

std::vector<Finding> Doctor::observe(std::int64_t step, const StepMetrics& metrics,
                                     const GradientNorms& norms) {
  metrics_ = metrics;
  Signs signs;
  std::visit([&](const auto& values) { read_losses(recipe_.objective, values, signs); }, metrics);
  signs.generator_gradient = static_cast<double>(norms.generator);
  auto usual = usual_norms_.begin();
  for_each_norm(norms, [&](const char*, float norm) {
    signs.gradient_rise = std::fmax(signs.gradient_rise, rise(*usual++, static_cast<double>(norm)));
  });
  std::vector<Finding> findings = follow(step, signs);
  if (!is_exploding()) {
    last_good_step_ = step;
  }
  return findings;
}

std::vector<Finding> Doctor::observe(std::int64_t step, const Examination& examination) {
  examination_ = examination;
  const Signs signs = read_signs(examination);
  forming_ = forming_ && std::ranges::any_of(rules, [&](const Rule& rule) { return rule.is_met(signs); });
  return follow(step, signs);
}

std::vector<Finding> Doctor::follow(std::int64_t step, const Signs& signs) {
  std::vector<Finding> findings;
  for (std::size_t n = 0; n < rules.size(); ++n) {
    const Rule& rule = rules[n];
    if (std::isnan(signs.*rule.sign)) {
      continue;
    }
    if (auto finding = rule.is_met(signs) ? begin(n, step) : end(n, step)) {
      findings.push_back(*std::move(finding));
    }
  }
  return findings;
}

/// Notes that a rule holds at `step`; tells of it if that is believed for the first time.
std::optional<Finding> Doctor::begin(std::size_t rule, std::int64_t step) {
  const auto& [ailment, sign, side, limit, lasting, describe] = rules[rule];
  Spell& spell = spells_[rule];
  spell.since = spell.since.value_or(step);
  spell.last = step;
  const bool forming = forming_ && ailment == Ailment::collapse;
  if (is_told(ailment) || step - *spell.since < (forming ? forming_steps(recipe_) : lasting)) {
    return std::nullopt;
  }
  spell.told = true;
  return Finding{.ailment = ailment,
                 .step = step,
                 .since_step = *spell.since,
                 .over = false,
                 .message = describe({*spell.since, recipe_.objective, metrics_, examination_}),
                 .advice = advice_on(ailment, recipe_)};
}

/// Notes that a rule does not hold at `step`; tells of it if it was believed and has not held for as long as
/// that took.
std::optional<Finding> Doctor::end(std::size_t rule, std::int64_t step) {
  Spell& spell = spells_[rule];
  if (spell.told && step - spell.last < rules[rule].lasting) {
    return std::nullopt;
  }
  const Spell ended = std::exchange(spell, {});
  if (!ended.told || hand_on(rule, *ended.since)) {
    return std::nullopt;
  }
  const Ailment ailment = rules[rule].ailment;
  return Finding{.ailment = ailment,
                 .step = step,
                 .since_step = *ended.since,
                 .over = true,
                 .message = fmt::format("{} that began at step {} is over", row_of(ailment).title,
                                        grouped(*ended.since)),
                 .advice = {}};
}

/// Whether a rule on explosions holds, or held and is not believed to be over.
bool Doctor::is_exploding() const {
  for (std::size_t n = 0; n < rules.size(); ++n) {
    if (rules[n].ailment == Ailment::explosion && spells_[n].since) {
      return true;
    }
  }
  return false;
}

/// Whether another rule holds by which the ailment of `rule` goes on.
bool Doctor::hand_on(std::size_t rule, std::int64_t since) {
  for (std::size_t n = 0; n < rules.size(); ++n) {
    Spell& spell = spells_[n];
    if (n != rule && rules[n].ailment == rules[rule].ailment && spell.since) {
      spell.told = true;
      spell.since = since;
      return true;
    }
  }
  return false;
}

bool Doctor::is_told(Ailment ailment) const {
  for (std::size_t n = 0; n < rules.size(); ++n) {
    if (rules[n].ailment == ailment && spells_[n].told) {
      return true;
    }
  }
  return false;
}

Finding Doctor::diverged(std::int64_t step) const {
  return {.ailment = Ailment::not_finite,
          .step = step,
          .since_step = step,
          .over = false,
          .message = fmt::format("The networks have diverged: after step {} there is a loss or a weight that "
                                 "is not finite",
                                 grouped(step)),
          .advice = advice_on(Ailment::not_finite, recipe_)};
}

}  // namespace ganymede::train
