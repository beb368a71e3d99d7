#include "queue/control_link.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/host.h"

namespace ganymede::queue {

std::string resume_command(const runs::RunDirectory& run) {
  return base::own_command({"train", "--resume", run.path().string()});
}

std::string calmer_command(const session::Session& session) {
  std::vector<std::string> command = {"train", "--resume", session.directory().path().string()};
  for (const train::LearningNetwork& network : train::learning_networks(session.recipe())) {
    command.insert(command.end(),
                   {"--set", fmt::format("{}_optimizer.learning_rate={:g}", network.name,
                                         train::calmer_rate(network.optimizer.learning_rate))});
  }
  return base::own_command(command);
}

void follow(session::Observer& observer, const std::shared_ptr<serve::Control>& control,
            const std::stop_token& stop) {
  observer.step = [control, before = std::move(observer.step)](const train::StepFinished& event,
                                                               const session::Pace& pace) {
    before(event, pace);
    control->note(event);
  };
  observer.before_step = [control, stop](train::NetworkPair& networks) {
    return control->wait_for_leave(networks, stop);
  };
  observer.phase = [control, stop](const train::StepView& step) { return control->wait_in_step(step, stop); };
  observer.change = [control]() -> std::optional<session::Change> {
    auto request = control->take_change();
    return request ? std::optional(session::Change{std::move(request->settings), request->undo})
                   : std::nullopt;
  };
  observer.goes_on = [control](const train::Position& position, std::optional<std::int64_t> undo_step) {
    control->note_restart(position, undo_step);
  };
}

void tell(serve::Control& control, const session::End& end, const session::Session& session) {
  if (std::holds_alternative<session::Divergence>(end)) {
    control.end(serve::RunState::diverged, calmer_command(session));
  } else if (std::get<train::Outcome>(end) == train::Outcome::stopped) {
    control.end(serve::RunState::stopped, resume_command(session.directory()));
  } else {
    control.end(serve::RunState::finished);
  }
}

}  // namespace ganymede::queue
