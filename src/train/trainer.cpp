#include "train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "base/error.h"

namespace ganymede::train {

void MetricsMean::add(const StepMetrics& metrics) {
  std::visit(
      [this](const auto& added) {
        using Metrics = std::remove_cvref_t<decltype(added)>;
        std::array<float, sizeof(Metrics) / sizeof(float)> values{};
        auto value = values.begin();
        for_each_metric(added, [&](const char*, float metric) { *value++ = metric; });
        value = values.begin();
        for_each_metric(std::get<Metrics>(sums_), [&](const char*, float& sum) { sum += *value++; });
      },
      metrics);
  steps_ += 1.0F;
}

void MetricsMean::reset() {
  for_each_metric(sums_, [](const char*, float& sum) { sum = 0.0F; });
  steps_ = 0.0F;
}

StepMetrics MetricsMean::mean() const {
  StepMetrics mean = sums_;
  for_each_metric(mean, [&](const char*, float& metric) { metric /= std::max(steps_, 1.0F); });
  return mean;
}

std::size_t MetricsMean::state_size() const {
  std::size_t size = 1;
  for_each_metric(sums_, [&](const char*, float) { ++size; });
  return size;
}

void MetricsMean::save(std::span<float> state) const {
  auto value = state.begin();
  for_each_metric(sums_, [&](const char*, float sum) { *value++ = sum; });
  *value = steps_;
}

void MetricsMean::restore(std::span<const float> state) {
  auto value = state.begin();
  for_each_metric(sums_, [&](const char*, float& sum) { sum = *value++; });
  steps_ = *value;
}

namespace {

std::int64_t steps_an_epoch(const Recipe& recipe, const data::Dataset& dataset) {
  const auto images = static_cast<std::int64_t>(dataset.train.count());
  if (images < recipe.training.batch_size) {
    throw base::Error(base::ErrorKind::data,
                      {.where = dataset.name,
                       .found = fmt::format("{} training images", images),
                       .expected = fmt::format("at least a batch of {}", recipe.training.batch_size),
                       .advice = fmt::format("Give --batch-size {}, or add images",
                                             std::bit_floor(static_cast<std::uint64_t>(images)))});
  }
  return images / recipe.training.batch_size;
}

Recipe scheduled(Recipe recipe, std::int64_t steps) {
  recipe.schedule = over_run(recipe.schedule, steps * recipe.training.batch_size);
  return recipe;
}

void require_finite(const StepMetrics& metrics, std::int64_t step) {
  for_each_metric(metrics, [&](const char* name, float value) {
    if (!std::isfinite(value)) {
      throw base::Error(base::ErrorKind::diverged,
                        {.where = fmt::format("step {}", step),
                         .found = fmt::format("{} of {}", name, value),
                         .expected = "a finite number",
                         .advice = "The networks have diverged: lower the learning rates, for example --set "
                                   "generator_optimizer.learning_rate=0.0001"});
    }
  });
}

const Recipe& divisible(const Recipe& recipe, dist::Part part) {
  require_divisible(recipe, part.share().parts);
  return recipe;
}

}  // namespace

std::int64_t total_steps(const Recipe& recipe, const data::Dataset& dataset,
                         std::optional<std::int64_t> steps) {
  return steps.value_or(recipe.training.epochs * steps_an_epoch(recipe, dataset));
}

Trainer::Trainer(const Recipe& recipe, const data::Dataset& dataset, const ops::Device& device,
                 std::optional<std::int64_t> steps, dist::Part part)
    : metrics_every_steps_(recipe.output.metrics_every_steps),
      part_(part),
      model_(scheduled(divisible(recipe, part), total_steps(recipe, dataset, steps)), dataset.image_shape(),
             dataset.classes(), device, part),
      feeder_(recipe, dataset.train, dataset.classes(), part.share()),
      interval_(no_metrics(recipe)),
      epoch_(interval_),
      interval_state_(interval_.state_size()),
      epoch_state_(epoch_.state_size()) {
  position_.steps_an_epoch = steps_an_epoch(recipe, dataset);
  position_.total_steps = total_steps(recipe, dataset, steps);
}

Trainer::~Trainer() {
  if (part_.leads()) {
    try {
      give(Order::end);
    } catch (const base::Error&) {  // another part has failed and does not listen
    }
  }
}

void Trainer::give(Order order) const {
  part_.broadcast(std::as_writable_bytes(std::span(&order, 1)));
}

void Trainer::follow() {
  for (;;) {
    auto order = Order::end;
    part_.broadcast(std::as_writable_bytes(std::span(&order, 1)));
    if (order == Order::end) {
      return;
    }
    carry_out(order);
  }
}

void Trainer::carry_out(Order order) {
  if (order == Order::step) {
    model_.take_step(static_cast<std::uint64_t>(position_.step++), feeder_);
    return;
  }
  for (Network* network : model_.networks().all()) {
    if (order == Order::gather_gradients) {
      network->gather_gradients();
    } else if (order == Order::gather_moments) {
      network->gather_moments();
    }
  }
  if (order == Order::resume) {
    share_state();
  }
}

/// The others get what the first part has read from a checkpoint.
void Trainer::share_state() {
  part_.broadcast(std::as_writable_bytes(std::span(&position_.step, 1)));
  for (Network* network : model_.networks().all()) {
    for (const NamedTensor& tensor : network->tensors()) {
      part_.broadcast(std::as_writable_bytes(tensor.values));
    }
  }
  model_.networks().resume();
}

Outcome Trainer::run(const std::stop_token& stop, const std::function<void()>& before_step) {
  while (position_.step < position_.total_steps) {
    if (before_step) {
      before_step();
    }
    if (stop.stop_requested()) {
      return Outcome::stopped;
    }
    give(Order::step);
    finish_step(model_.take_step(static_cast<std::uint64_t>(position_.step), feeder_));
  }
  return Outcome::finished;
}

void Trainer::finish_step(const StepMetrics& metrics) {
  require_finite(metrics, position_.step + 1);
  ++position_.step;
  interval_.add(metrics);
  epoch_.add(metrics);
  publish(StepFinished{position_, metrics});
  const bool last = position_.step == position_.total_steps;
  if (position_.step % metrics_every_steps_ == 0 || last) {
    give(Order::gather_gradients);
    carry_out(Order::gather_gradients);
    publish(IntervalFinished{position_, interval_.mean(), model_.gradient_norms()});
    interval_.reset();
  }
  if (position_.at_epoch_end() || last) {
    const StepMetrics mean = epoch_.mean();
    epoch_.reset();
    publish(EpochFinished{position_, mean});
  }
}

void Trainer::watch_phases(const std::function<void(const StepView&)>& watch) {
  if (!watch) {
    model_.watch_phases(nullptr);
    return;
  }
  model_.watch_phases([this, watch](Phase phase, const Batch& batch, const StepMetrics& metrics) {
    watch({phase, position_, model_.networks(), batch, metrics});
  });
}

void Trainer::publish(const Event& event) const {
  for (const Subscriber& subscriber : subscribers_) {
    subscriber(event);
  }
}

std::vector<NamedTensor> Trainer::tensors() {
  give(Order::gather_moments);
  carry_out(Order::gather_moments);
  interval_.save(interval_state_);
  epoch_.save(epoch_state_);
  std::vector<NamedTensor> all = model_.networks().tensors();
  const base::Shape shape{static_cast<std::int64_t>(interval_.state_size())};
  all.push_back({"metrics.interval", shape, interval_state_});
  all.push_back({"metrics.epoch", shape, epoch_state_});
  return all;
}

void Trainer::resume(std::int64_t step) {
  position_.step = step;
  interval_.restore(interval_state_);
  epoch_.restore(epoch_state_);
  give(Order::resume);
  share_state();
}

}  // namespace ganymede::train
