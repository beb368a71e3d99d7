#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "serve/inside/inspector.h"
#include "serve/live/control.h"

namespace ganymede::serve {

/// The flow in the networks of a run that trains in this process, a few times a second at most: what is
/// copied and computed for viewers takes at most one part in twenty-five of the time, whatever their number.
class LiveFlow {
 public:
  /// `networks` have the descriptions; their weights are replaced.
  LiveFlow(TrainedNetworks networks, std::shared_ptr<Control> control);

  /// What a viewer wants to see.
  struct Wish {
    std::string key;  ///< equal for equal wishes
    Sample sample;
    std::int64_t number = 0;  ///< in the batch of a step that is taken phase by phase
    std::optional<LayerChoice> open;
  };
  /// Inspector::flow() of the training as it is, or was a moment ago, as JSON with "wait", the milliseconds
  /// after which there is something new. Empty if the training thread has not let anybody look yet.
  std::string flow(const Wish& wish);

  const Inspector& inspector() const { return inspector_; }

 private:
  using Clock = std::chrono::steady_clock;

  const std::shared_ptr<Control> control_;
  std::mutex mutex_;
  Inspector inspector_;
  Clock::time_point next_;
  std::int64_t shown_ = 0;                      // the number of the look that `answers_` are of
  std::map<std::string, std::string> answers_;  // by the wish's key
};

}  // namespace ganymede::serve
