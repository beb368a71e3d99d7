#include "serve/inside/live_flow.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <thread>
#include <utility>

#include "base/stopwatch.h"

namespace ganymede::serve {

LiveFlow::LiveFlow(TrainedNetworks networks, std::shared_ptr<Control> control)
    : control_(std::move(control)), inspector_(std::move(networks)) {}

std::string LiveFlow::flow(const Wish& wish) {
  using std::chrono::milliseconds;
  constexpr milliseconds patience{2000};
  constexpr milliseconds least_wait{200};
  constexpr int parts = 25;
  const std::lock_guard lock(mutex_);
  const bool trains = control_->status().state == RunState::training;
  if (trains && Clock::now() < next_) {
    if (const auto known = answers_.find(wish.key); known != answers_.end()) {
      return known->second;
    }
    std::this_thread::sleep_until(next_);
  }
  const std::shared_ptr<const Look> look = control_->look(patience);
  if (!look) {
    return {};
  }
  if (look->number != shown_) {
    shown_ = look->number;
    answers_.clear();
  }
  if (const auto known = answers_.find(wish.key); known != answers_.end()) {
    return known->second;
  }
  const base::Stopwatch stopwatch;
  nlohmann::ordered_json json = inspector_.flow(*look, wish.sample, wish.number, wish.open);
  const double spent = stopwatch.seconds() + look->seconds;
  const auto wait = std::max(milliseconds(std::lround(spent * parts * 1e3)), least_wait);
  json["wait"] = wait.count();
  next_ = Clock::now() + wait;
  return answers_[wish.key] = json.dump();
}

}  // namespace ganymede::serve
