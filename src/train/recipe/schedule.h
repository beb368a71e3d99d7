#pragma once

#include <cstdint>

namespace ganymede::train {

/// Over the first `images` images of a run, by a cosine, each of these settings goes from its own value to
/// that value times the factor here, and stays there (the burn-in of R3GAN, Huang et al. 2024).
struct ScheduleSettings {
  std::int64_t images = 0;     ///< that the generator has made for its own steps; 0: nothing changes
  bool whole_run = false;      ///< in place of `images`: all that the run makes, whatever its length
  double learning_rate = 1.0;  ///< of both optimisers
  double penalty = 1.0;        ///< of every gradient penalty
  double noise = 1.0;          ///< of the instance noise
};

/// The schedule of a run of so many images.
ScheduleSettings over_run(ScheduleSettings schedule, std::int64_t images);

/// The factor after `images` images that ends as `last`.
double factor_at(const ScheduleSettings& schedule, double last, std::int64_t images);

}  // namespace ganymede::train
