#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "train/doctor/doctor.h"

namespace ganymede::queue {

/// A known failure to provoke, to read in the curves and to cure.
struct Lesson {
  std::string key;                         ///< its runs are called "lesson-KEY" and "cured-KEY"
  std::string title;                       ///< on its button
  std::string sentence;                    ///< what is done to the networks
  std::string watch;                       ///< what to look at, in the curves and in the samples
  std::string recipe;                      ///< an embedded one
  std::vector<std::string> settings;       ///< what breaks it
  std::int64_t steps = 0;                  ///< of both runs
  train::Ailment ailment{};                ///< what the doctor finds
  std::string cure;                        ///< on the button that starts the cured run, and why it helps
  std::vector<std::string> cure_settings;  ///< in place of `settings`
};

/// The lessons in the page's order.
std::span<const Lesson> lessons();

}  // namespace ganymede::queue
