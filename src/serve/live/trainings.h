#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "serve/http/message.h"
#include "serve/live/control.h"

namespace ganymede::serve {

/// What a site knows of the trainings in its process. The default is that there are none. Called from several
/// threads.
struct Trainings {
  /// The name of the run that trains; empty while none does.
  std::function<std::string()> running = [] { return std::string(); };
  /// The control of a run that trains, or has trained, in this process; null for others.
  std::function<std::shared_ptr<Control>(const std::string& run)> control = [](const std::string&) {
    return nullptr;
  };
  /// Answers requests below /api/recipes and /api/trainings; null if this process starts no trainings.
  std::function<Answer(const Request& request, const Target& target)> answer = nullptr;
};

/// One run that trains from the beginning to the end of the process.
Trainings only_training(const std::string& run, std::shared_ptr<Control> control);

}  // namespace ganymede::serve
