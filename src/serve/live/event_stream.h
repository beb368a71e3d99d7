#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "serve/live/control.h"
#include "serve/live/metrics_tail.h"
#include "serve/runs.h"

namespace ganymede::serve {

/// The events for one viewer of a run, as Server-Sent Events (WHATWG HTML, "Server-sent events"):
///   metrics  rows of metrics.jsonl in order; the id is the position after them
///   restart  the metrics start again, because the run was resumed from an earlier checkpoint
///   samples  the epochs with a sample
///   status   the run's state, if it trains in this process
///   end      no more will come
/// The rows are read from the file, so that a viewer who connects late or again gets all of them, and a slow
/// viewer delays no other.
class EventStream {
 public:
  /// `last_event_id` comes from the viewer's browser, empty at first. `control` may be null.
  EventStream(const RunReader& reader, RunFiles files, std::string_view last_event_id,
              std::shared_ptr<const Control> control);

  /// The events since the last call; empty without news.
  std::string next();
  /// All remaining events and the event `end`.
  std::string finish();

 private:
  std::string new_metrics();
  std::string new_samples();
  std::string new_status();

  const RunReader& reader_;
  RunFiles files_;
  MetricsPlace place_;
  std::shared_ptr<const Control> control_;
  std::filesystem::file_time_type samples_time_;
  std::string samples_, status_;  // as last told
  bool begun_ = false;
};

}  // namespace ganymede::serve
