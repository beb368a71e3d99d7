#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/model.h"
#include "train/recipe/recipe.h"

namespace ganymede::train {

/// What can be wrong with a run.
enum class Ailment {
  collapse,           ///< the generator makes few kinds of image, or the same one again and again
  discriminator_won,  ///< it is sure of everything, so that the generator has nothing to learn from
  generator_won,      ///< it has found what this discriminator takes for real, whatever that looks like
  standstill,         ///< no gradient reaches the generator
  explosion,          ///< losses or gradients beyond anything that learns
  not_finite          ///< a loss that is no number
};

/// "discriminator_won", as files have it.
std::string_view to_string(Ailment ailment);
/// Nothing if no ailment is called so.
std::optional<Ailment> parse_ailment(std::string_view word);

/// What the doctor tells: once when an ailment has lasted long enough to be believed, and once when it is
/// over.
struct Finding {
  Ailment ailment{};
  std::int64_t step = 0;        ///< when it is told
  std::int64_t since_step = 0;  ///< when it began
  bool over = false;
  std::string message;  ///< a sentence with the step and the numbers
  std::string advice;   ///< one thing to change; empty if it is over
};

/// The learning rate to go on with after a divergence: a tenth, and at most what most recipes learn with.
double calmer_rate(double learning_rate);

/// How much of the samples is clearly read as one label, and how much of the data has it.
struct LabelShare {
  std::string name;
  double share = 0.0;
  double of_data = 0.0;
};

/// What fresh samples of a generator look like.
struct Examination {
  double duplicates = 0.0;         ///< the share of those that another one repeats
  std::vector<LabelShare> labels;  ///< empty where they are not read
};

/// What the doctor's rules look at; not a number where it was not measured.
struct Signs {
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

  /// How far the discriminator is ahead: 1 when its loss tells that it knows all that it can, 0 when it
  /// guesses, less when guessing were better; unknown where the labels leave next to nothing to know. The
  /// logits of the Wasserstein distance have no scale: there it is the distance where that is negative, and
  /// else 0.
  double lead = unknown;
  /// The largest of the losses in units of guessing; the Wasserstein distance in units of 10, about the
  /// distance of two images; a VAE's loss in units of 1,000 nats, about what an image costs by guessing.
  double loss_size = unknown;
  /// The largest of the networks' gradients in units of its usual size in this run.
  double gradient_rise = unknown;
  /// The norm of the generator's gradient.
  double generator_gradient = unknown;
  /// The share of the samples that are too many of their label, compared with the data.
  double unevenness = unknown;
  double duplicates = unknown;
};

/// What a gradient's norm usually is: the geometric mean, in which a single large one counts little.
struct UsualNorm {
  double log_sum = 0.0;
  double count = 0.0;
};

/// Follows the numbers of a run and names what is wrong with it. A rule must hold for some steps before it is
/// believed. Tells the same whenever it is given the same.
class Doctor {
 public:
  explicit Doctor(const Recipe& recipe);

  /// Takes the mean over an interval that ends with `step`, and the norms of its last gradients, not finite
  /// where they are not known.
  std::vector<Finding> observe(std::int64_t step, const StepMetrics& metrics, const GradientNorms& norms);
  /// Takes a look at fresh samples after `step`.
  std::vector<Finding> observe(std::int64_t step, const Examination& examination);
  /// What is to be told when a loss after `step` was not finite.
  Finding diverged(std::int64_t step) const;

  /// The last step up to which the numbers were certainly good: the end of the last interval in which losses
  /// and gradients were not those of an explosion, whether that has been told or not. 0 before the first.
  std::int64_t last_good_step() const { return last_good_step_; }

 private:
  /// Since when a rule holds.
  struct Spell {
    std::optional<std::int64_t> since;
    std::int64_t last = 0;  // step at which it held
    bool told = false;
  };
  static constexpr std::size_t rule_count = 7;

  std::vector<Finding> follow(std::int64_t step, const Signs& signs);
  bool is_exploding() const;
  std::optional<Finding> begin(std::size_t rule, std::int64_t step);
  std::optional<Finding> end(std::size_t rule, std::int64_t step);
  bool hand_on(std::size_t rule, std::int64_t since);
  bool is_told(Ailment ailment) const;

  Recipe recipe_;
  StepMetrics metrics_;                   // that were taken last
  Examination examination_;               // the same
  std::array<UsualNorm, 3> usual_norms_;  // in the order of for_each_norm()
  bool forming_ = true;                   // the generator has not yet been seen to make different images
  std::array<Spell, rule_count> spells_;
  std::int64_t last_good_step_ = 0;
};

}  // namespace ganymede::train
