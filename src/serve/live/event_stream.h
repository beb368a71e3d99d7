#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "serve/live/control.h"
#include "serve/live/metrics_tail.h"
#include "serve/runs.h"

namespace ganymede::serve {

/// What one viewer of a run is told, as Server-Sent Events (WHATWG HTML, "Server-sent events"):
///   metrics  rows of metrics.jsonl in order, none left out; the id is the place behind them
///   restart  the metrics begin anew, because the run went on from an earlier checkpoint
///   samples  the epochs of which there is a sample
///   status   where the run stands, if it runs in this process
///   end      no more will come
/// The rows come from the file, so that a viewer who comes late or again misses nothing, and a slow one
/// delays no other.
class EventStream {
 public:
  /// `last_event_id` is what the viewer's browser remembers, empty at first. `control` may be null.
  EventStream(const RunReader& reader, RunFiles files, std::string_view last_event_id,
              const Control* control);

  /// What is new since the last call, empty if nothing is.
  std::string next();
  /// What is new, all of it, and the event `end`.
  std::string finish();

 private:
  std::string new_metrics();
  std::string new_samples();
  std::string new_status();

  const RunReader& reader_;
  RunFiles files_;
  MetricsPlace place_;
  const Control* control_;
  std::filesystem::file_time_type samples_time_;
  std::string samples_, status_;  // as last told
  bool begun_ = false;
};

}  // namespace ganymede::serve
