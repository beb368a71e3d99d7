#include "session/step_time.h"

#include <chrono>
#include <stop_token>

#include "base/threads/team.h"
#include "ops/device.h"
#include "train/trainer.h"

namespace ganymede::session {

namespace {

/// The images that pass through a network in a step.
double images_a_step(const train::Recipe& recipe) {
  const double batch = static_cast<double>(recipe.training.batch_size);
  return recipe.model == train::ModelKind::vae
             ? batch
             : batch * (1.0 + static_cast<double>(recipe.training.discriminator_steps));
}

}  // namespace

double seconds_a_step(const Start& start, const std::function<bool()>& enough) {
  using Clock = std::chrono::steady_clock;
  constexpr double shortest = 1.0 / 3.0;  // seconds
  constexpr std::int64_t most_steps = 1000;
  const base::Team team(static_cast<int>(start.recipe.training.threads));
  const ops::Device device;
  train::Trainer trainer(start.recipe, *start.dataset, device, most_steps);
  std::stop_source end;
  Clock::time_point begin;
  double seconds = 0.0;
  trainer.run(end.get_token(), [&] {
    const std::int64_t steps = trainer.position().step - 1;  // the first one warms up
    if (steps <= 0) {
      begin = Clock::now();
    } else {
      const double passed = std::chrono::duration<double>(Clock::now() - begin).count();
      seconds = passed / static_cast<double>(steps);
      if (passed > shortest) {
        end.request_stop();
      }
    }
    if (enough()) {
      end.request_stop();
    }
  });
  return seconds;
}

double relative_cost(const train::Recipe& recipe, const train::Recipe& measured) {
  return images_a_step(recipe) / images_a_step(measured);
}

}  // namespace ganymede::session
