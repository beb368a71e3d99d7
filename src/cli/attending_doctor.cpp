#include "cli/attending_doctor.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

#include "base/error.h"
#include "cli/verdict_lines.h"

namespace ganymede::cli {

AttendingDoctor::AttendingDoctor(const RunDirectory& run, const train::Recipe& recipe, Examiner examiner,
                                 Console& console, JsonOutput& json, OnDivergence on_divergence)
    : examiner_(std::move(examiner)),
      console_(console),
      metrics_(run.metrics()),
      json_(json),
      on_divergence_(on_divergence),
      doctor_(read_history(run.metrics(), recipe).doctor) {}

void AttendingDoctor::record(const train::Event& event) {
  std::visit([this](const auto& happened) { record(happened); }, event);
}

void AttendingDoctor::record(const train::IntervalFinished& event) {
  tell(event.position, doctor_.observe(event.position.step, event.metrics, event.gradient_norms));
}

void AttendingDoctor::record(const train::EpochFinished& event) {
  if (!examiner_.is_due(event.position)) {
    return;
  }
  const train::Examination examination = examiner_.examine(event.position);
  metrics_.append_line(examination_line(event.position, examination));
  json_.print_line(examination_line(event.position, examination, "samples"));
  tell(event.position, doctor_.observe(event.position.step, examination));
}

void AttendingDoctor::tell(const train::Position& position, const std::vector<train::Finding>& findings) {
  for (const train::Finding& finding : findings) {
    const std::string line = verdict_line(position, finding);
    metrics_.append_line(line);
    json_.print_line(line);
    if (finding.over) {
      console_.say(finding.message);
    } else {
      console_.warn(fmt::format("{}. {}", finding.message, finding.advice));
    }
  }
  for (const train::Finding& finding : findings) {
    if (on_divergence_ == OnDivergence::rollback && finding.ailment == train::Ailment::explosion &&
        !finding.over) {
      explosion_ = finding;
      throw base::Error(base::ErrorKind::diverged, {.where = fmt::format("step {}", position.step),
                                                    .found = finding.message,
                                                    .expected = "losses that stay small",
                                                    .advice = finding.advice});
    }
  }
}

train::Finding AttendingDoctor::diagnose(const train::Position& position) {
  if (explosion_) {
    return *explosion_;
  }
  train::Finding finding = doctor_.diverged(position.step);
  tell(position, {finding});
  return finding;
}

}  // namespace ganymede::cli
