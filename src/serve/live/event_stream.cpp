#include "serve/live/event_stream.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <system_error>
#include <utility>

namespace ganymede::serve {

namespace {

using Json = nlohmann::ordered_json;

std::string frame(std::string_view event, std::string_view data) {
  return fmt::format("event: {}\ndata: {}\n\n", event, data);
}

Json describe(const LiveStatus& status) {
  Json json = {{"state", to_string(status.state)},
               {"step", status.position.step},
               {"total_steps", status.position.total_steps},
               {"epoch", status.position.epoch()},
               {"epochs", status.position.epochs()}};
  if (!status.resume.empty()) {
    json["resume"] = status.resume;
  }
  json["phase"] = status.phase ? Json(train::to_string(*status.phase)) : Json();
  json["changes"] = status.changes;
  json["undo_step"] = status.undo_step ? Json(*status.undo_step) : Json();
  if (status.metrics) {
    train::for_each_metric(*status.metrics,
                           [&](const char* name, float value) { json["metrics"][name] = value; });
  }
  return json;
}

}  // namespace

EventStream::EventStream(const RunReader& reader, RunFiles files, std::string_view last_event_id,
                         std::shared_ptr<const Control> control)
    : reader_(reader),
      files_(std::move(files)),
      place_(parse_place(last_event_id)),
      control_(std::move(control)) {}

std::string EventStream::next() {
  // The browser reconnects a second after a break.
  const std::string beginning = std::exchange(begun_, true) ? "" : "retry: 1000\n\n";
  return beginning + new_metrics() + new_samples() + new_status();
}

std::string EventStream::finish() {
  samples_time_ = {};  // two samples may be written within the clock's resolution
  std::string all;
  for (std::string part = next(); !part.empty(); part = next()) {
    all += part;
  }
  return all + frame("end", "{}");
}

std::string EventStream::new_metrics() {
  const MetricsChunk chunk = read_metrics(files_.metrics, place_);
  place_ = chunk.place;
  std::string text = chunk.restarted ? frame("restart", "{}") : "";
  if (!chunk.rows.empty()) {
    text += fmt::format("id: {}\n", to_string(place_)) + frame("metrics", chunk.rows);
  }
  return text;
}

std::string EventStream::new_samples() {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(files_.samples_directory, error);
  if (error || time == samples_time_) {
    return {};
  }
  samples_time_ = time;
  Json epochs = Json::array();
  if (const auto files = reader_.find_files(files_.directory)) {
    for (const auto& [epoch, file] : files->samples) {
      epochs.push_back(epoch);
    }
  }
  std::string now = epochs.dump();
  const bool changed = now != samples_;
  samples_ = std::move(now);
  return changed ? frame("samples", samples_) : "";
}

std::string EventStream::new_status() {
  if (control_ == nullptr) {
    return {};
  }
  std::string now = describe(control_->status()).dump();
  const bool changed = now != status_;
  status_ = std::move(now);
  return changed ? frame("status", status_) : "";
}

}  // namespace ganymede::serve
