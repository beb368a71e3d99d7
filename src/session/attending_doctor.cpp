#include "session/attending_doctor.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

#include "base/error.h"
#include "runs/verdict_lines.h"

namespace ganymede::session {

AttendingDoctor::AttendingDoctor(const runs::RunDirectory& run, const train::Recipe& recipe,
                                 Examiner examiner, const Observer& observer)
    : examiner_(std::move(examiner)),
      observer_(observer),
      metrics_(run.metrics()),
      doctor_(runs::read_history(run.metrics(), recipe).doctor) {}

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
  metrics_.append_line(runs::examination_line(event.position, examination));
  observer_.line(runs::examination_line(event.position, examination, "samples"));
  tell(event.position, doctor_.observe(event.position.step, examination));
}

void AttendingDoctor::tell(const train::Position& position, const std::vector<train::Finding>& findings) {
  for (const train::Finding& finding : findings) {
    const std::string line = runs::verdict_line(position, finding);
    metrics_.append_line(line);
    observer_.line(line);
    if (finding.over) {
      observer_.say(finding.message);
    } else {
      observer_.warn(fmt::format("{}. {}", finding.message, finding.advice));
    }
    if (finding.ailment == train::Ailment::explosion && !finding.over) {
      explosion_ = finding;
    }
  }
}

train::Finding AttendingDoctor::diagnose(const train::Position& position) {
  train::Finding finding = doctor_.diverged(position.step);
  tell(position, {finding});
  return finding;
}

}  // namespace ganymede::session
