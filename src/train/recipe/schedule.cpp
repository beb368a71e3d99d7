#include "train/recipe/schedule.h"

#include <cmath>
#include <numbers>

namespace ganymede::train {

ScheduleSettings over_run(ScheduleSettings schedule, std::int64_t images) {
  if (schedule.whole_run) {
    schedule.images = images;
  }
  return schedule;
}

double factor_at(const ScheduleSettings& schedule, double last, std::int64_t images) {
  if (schedule.images == 0) {
    return 1.0;
  }
  const double progress = std::fmin(static_cast<double>(images) / static_cast<double>(schedule.images), 1.0);
  return last + (1.0 - last) * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
}

}  // namespace ganymede::train
