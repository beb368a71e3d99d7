#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <variant>
#include <vector>

#include "data/dataset.h"
#include "train/feeder.h"
#include "train/model.h"

namespace ganymede::train {

/// The mean of the metrics of several steps.
class MetricsMean {
 public:
  /// Of metrics such as `zero`, which are zero.
  explicit MetricsMean(const StepMetrics& zero) : sums_(zero) {}

  void add(const StepMetrics& metrics);  ///< Adds those of a step.
  void reset();                          ///< Begins a new mean.
  StepMetrics mean() const;              ///< The mean since reset(); zero without steps.

  /// The sums and the count, as a checkpoint keeps them.
  std::size_t state_size() const;
  void save(std::span<float> state) const;     ///< Writes state_size() numbers.
  void restore(std::span<const float> state);  ///< Reads what save() wrote.

 private:
  StepMetrics sums_;
  float steps_ = 0.0F;
};

/// Where a run stands. Steps and epochs count from 1; `step` steps are done.
struct Position {
  std::int64_t step = 0;            ///< steps that are done
  std::int64_t total_steps = 0;     ///< of the run
  std::int64_t steps_an_epoch = 0;  ///< steps of one pass over the data

  /// The epoch of the last step, from 1.
  std::int64_t epoch() const { return step == 0 ? 1 : (step + steps_an_epoch - 1) / steps_an_epoch; }
  /// The epochs of the run.
  std::int64_t epochs() const { return (total_steps + steps_an_epoch - 1) / steps_an_epoch; }
  bool at_epoch_end() const { return step % steps_an_epoch == 0; }  ///< Whether the last step ended an epoch.
};

/// The steps of a run: `steps`, or else the recipe's epochs, each of the data's whole batches. Throws
/// Error(data) if there is not one batch.
std::int64_t total_steps(const Recipe& recipe, const data::Dataset& dataset,
                         std::optional<std::int64_t> steps);

/// What a run tells its subscribers.
struct StepFinished {
  Position position;    ///< after the last step
  StepMetrics metrics;  ///< of this step
};
/// An interval of the recipe's `metrics_every_steps` has ended.
struct IntervalFinished {
  Position position;             ///< after the last step
  StepMetrics metrics;           ///< the mean since the last interval
  GradientNorms gradient_norms;  ///< of this step
};
/// An epoch has ended.
struct EpochFinished {
  Position position;    ///< after the last step
  StepMetrics metrics;  ///< the mean over the epoch
};
using Event = std::variant<StepFinished, IntervalFinished, EpochFinished>;  ///< What a subscriber gets.
using Subscriber = std::function<void(const Event&)>;  ///< Is called on the thread that trains.

/// A step that is under way. All of it is the training's, and only to be read.
struct StepView {
  Phase phase;                 ///< what has just been done
  Position position;           ///< before the step
  NetworkPair& networks;       ///< as they are at the end of the phase
  const Batch& batch;          ///< see WatchPhases
  const StepMetrics& metrics;  ///< what is measured so far
};

enum class Outcome { finished, stopped };  ///< How run() ended.

/// Trains what a recipe describes and tells its subscribers how it goes; knows none of them.
class Trainer {
 public:
  /// `steps`, if given, replaces the recipe's number of epochs. `dataset` and `device` must outlive the
  /// trainer. In a training of several parts each has a trainer: that of the first part runs, and tells those
  /// that follow() what to do. Throws Error(configuration) where the batch cannot be divided.
  Trainer(const Recipe& recipe, const data::Dataset& dataset, const ops::Device& device,
          std::optional<std::int64_t> steps = std::nullopt, dist::Part part = {});
  ~Trainer();
  Trainer(const Trainer&) = delete;

  Model& model() { return model_; }                       ///< The networks.
  const Position& position() const { return position_; }  ///< The steps that are done.

  /// Adds a subscriber, called after those before it.
  void subscribe(Subscriber subscriber) { subscribers_.push_back(std::move(subscriber)); }
  void unsubscribe_all() { subscribers_.clear(); }  ///< Removes all subscribers.
  /// `watch`, if it is not null, is told of each step at the end of its phases, on the thread that trains. It
  /// may keep the step waiting, and changes nothing that the step computes.
  void watch_phases(const std::function<void(const StepView&)>& watch);

  /// Steps on to the end, or until `stop` is requested, when the step under way is finished.
  /// Calls `before_step`, if there is one, before each step: it may keep the run waiting.
  /// Throws Error(diverged) when a loss is not finite, before anybody is told of that step.
  Outcome run(const std::stop_token& stop, const std::function<void()>& before_step = nullptr);

  /// In a part that is not the first: does what the first one's trainer does, until that is destroyed.
  void follow();

  /// What a checkpoint must hold beside the step for a run to go on as if nothing had been.
  std::vector<NamedTensor> tensors();
  /// Continues after `step` steps, once tensors() have been written.
  void resume(std::int64_t step);

 private:
  /// What the first part's trainer tells the others, before it does it.
  enum class Order : std::uint32_t { step, gather_gradients, gather_moments, resume, end };
  void give(Order order) const;
  void carry_out(Order order);
  void share_state();
  void publish(const Event& event) const;
  void finish_step(const StepMetrics& metrics);

  std::int64_t metrics_every_steps_;
  dist::Part part_;
  Model model_;
  Feeder feeder_;
  Position position_;
  MetricsMean interval_, epoch_;
  std::vector<float> interval_state_, epoch_state_;
  std::vector<Subscriber> subscribers_;
};

}  // namespace ganymede::train
