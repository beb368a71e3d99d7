#include "queue/training_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "base/threads/thread.h"
#include "queue/control_link.h"
#include "runs/staged_run.h"
#include "session/step_time.h"

namespace ganymede::queue {

namespace {

namespace fs = std::filesystem;

std::int64_t steps_of(const session::Start& start) {
  return train::total_steps(start.recipe, *start.dataset, start.settings.steps);
}

}  // namespace

TrainingQueue::TrainingQueue(fs::path root, session::OpenData open, Voice voice)
    : root_(std::move(root)), open_(std::move(open)), voice_(std::move(voice)), file_(root_, voice_.warn) {
  for (Order& order : file_.read()) {
    enqueue(std::move(order));
    voice_.say(fmt::format("{} still waits for its turn", standing_.waiting.back().order.run));
  }
  thread_ = base::start_thread([this] { work(); });
}

TrainingQueue::~TrainingQueue() {
  finish();
}

void TrainingQueue::finish() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    stop_.request_stop();
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

session::Start TrainingQueue::prepare(const Order& order) const {
  const artifacts::RecipeText text{artifacts::embedded_recipe_text(order.recipe), order.recipe};
  session::Start start = session::prepare(text, order.settings, open_);
  start.settings.steps = order.steps;
  return start;
}

Preview TrainingQueue::preview(const Order& order) {
  const session::Start start = prepare(order);
  train::check_networks(start.recipe, start.dataset->image_shape(), start.dataset->classes());
  Preview preview{.toml = train::to_toml(start.recipe),
                  .recipe = start.recipe,
                  .steps = steps_of(start),
                  .seconds = std::nullopt};
  const std::lock_guard lock(mutex_);
  if (const auto known = measured_.find(order.recipe); known != measured_.end()) {
    const Measured& measured = known->second;
    if (measured.seconds_a_step > 0.0) {
      preview.seconds = static_cast<double>(preview.steps) * measured.seconds_a_step *
                        session::relative_cost(start.recipe, measured.recipe);
    }
  } else if (std::ranges::find(to_measure_, order.recipe) == to_measure_.end()) {
    to_measure_.push_back(order.recipe);
    changed_.notify_all();
  }
  return preview;
}

std::optional<double> TrainingQueue::seconds_of(const std::string& recipe) const {
  const std::lock_guard lock(mutex_);
  const auto known = measured_.find(recipe);
  return known != measured_.end() && known->second.seconds > 0.0 ? std::optional(known->second.seconds)
                                                                 : std::nullopt;
}

/// mutex_ must be locked.
void TrainingQueue::name_run(Order& order) const {
  const auto is_taken = [&](const std::string& name) {
    std::error_code ignored;
    const auto has_it = [&](const Order& other) { return other.run == name; };
    return fs::exists(root_ / name, ignored) || name == standing_.running ||
           (standing_.starting && has_it(*standing_.starting)) ||
           std::ranges::any_of(standing_.waiting, has_it, &Waiting::order);
  };
  order.run = runs::unused_name(order.run.empty() ? runs::run_name(order.recipe) : order.run, is_taken);
}

/// mutex_ must be locked.
void TrainingQueue::enqueue(Order order) {
  name_run(order);
  standing_.waiting.push_back({++last_id_, std::move(order)});
}

/// Keeps what has not begun. mutex_ must be locked.
void TrainingQueue::keep() {
  std::vector<Order> orders;
  if (standing_.starting) {
    orders.push_back(*standing_.starting);
  }
  std::ranges::transform(standing_.waiting, std::back_inserter(orders), &Waiting::order);
  file_.write(orders);
}

Waiting TrainingQueue::add(Order order) {
  require_name(order.run);
  preview(order);
  const std::lock_guard lock(mutex_);
  enqueue(std::move(order));
  keep();
  changed_.notify_all();
  return standing_.waiting.back();
}

bool TrainingQueue::remove(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const bool waited = std::erase_if(standing_.waiting, [&](const Waiting& one) { return one.id == id; }) > 0;
  keep();
  return waited;
}

Standing TrainingQueue::standing() const {
  const std::lock_guard lock(mutex_);
  return standing_;
}

std::shared_ptr<serve::Control> TrainingQueue::control(const std::string& run) const {
  const std::lock_guard lock(mutex_);
  const auto found = controls_.find(run);
  return found == controls_.end() ? nullptr : found->second;
}

void TrainingQueue::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || !standing_.waiting.empty() || !to_measure_.empty(); });
    if (ending_) {
      return;
    }
    if (standing_.waiting.empty()) {
      const std::string recipe = to_measure_.front();
      lock.unlock();
      measure(recipe);
      lock.lock();
      to_measure_.pop_front();
    } else {
      const Order order = standing_.waiting.front().order;
      standing_.waiting.erase(standing_.waiting.begin());
      standing_.starting = order;
      stop_ = {};
      const std::stop_source stop = stop_;
      lock.unlock();
      train(order, stop);
      lock.lock();
    }
  }
}

void TrainingQueue::train(const Order& order, const std::stop_source& stop) {
  constexpr std::size_t most_failures = 5;
  std::string failed;
  try {
    session::Observer observer;
    observer.say = voice_.say;
    observer.warn = voice_.warn;
    session::Start start = prepare(order);
    start.out = root_ / order.run;
    session::Session session(std::move(start), observer);
    const auto control = std::make_shared<serve::Control>(session.position(),
                                                          [stop] { std::stop_source(stop).request_stop(); });
    follow(observer, control, stop.get_token());
    {
      const std::lock_guard lock(mutex_);
      controls_[order.run] = control;
      standing_.starting.reset();
      standing_.running = order.run;
      keep();
    }
    try {
      const session::End end = session.run(stop.get_token());
      tell(*control, end, session);
      if (const auto* divergence = std::get_if<session::Divergence>(&end)) {
        failed = divergence->error.what();
      }
    } catch (...) {
      control->end(serve::RunState::failed);
      throw;
    }
  } catch (const std::exception& error) {
    failed = error.what();
  }
  if (!failed.empty()) {
    voice_.warn(failed);
  }
  const std::lock_guard lock(mutex_);
  standing_.starting.reset();
  standing_.running.clear();
  keep();
  if (!failed.empty()) {
    standing_.failures.push_back({order.run, failed});
    if (standing_.failures.size() > most_failures) {
      standing_.failures.erase(standing_.failures.begin());
    }
  }
}

void TrainingQueue::measure(const std::string& recipe) {
  Measured measured;
  try {
    const session::Start start = prepare({.recipe = recipe});
    measured.recipe = start.recipe;
    measured.seconds_a_step = session::seconds_a_step(start, [&] {
      const std::lock_guard lock(mutex_);
      return ending_ || !standing_.waiting.empty();
    });
    measured.seconds = measured.seconds_a_step * static_cast<double>(steps_of(start));
  } catch (const std::exception&) {
    // It has no time then; who starts it is told why.
  }
  const std::lock_guard lock(mutex_);
  measured_[recipe] = measured;
}

}  // namespace ganymede::queue
