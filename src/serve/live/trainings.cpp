#include "serve/live/trainings.h"

#include <utility>

namespace ganymede::serve {

Trainings only_training(const std::string& run, std::shared_ptr<Control> control) {
  return {.running = [run] { return run; },
          .control = [run, control = std::move(control)](
                         const std::string& name) { return name == run ? control : nullptr; }};
}

}  // namespace ganymede::serve
