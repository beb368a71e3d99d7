#pragma once

#include <functional>
#include <string_view>

#include "train/feeder.h"

namespace ganymede::train {

/// What has just been done within a step. A VAE updates both its networks in the last phase.
enum class Phase {
  forward,           ///< images are made and judged, and the losses known; nothing has learned
  partner_update,    ///< the discriminator has learned, as often as the recipe says
  generator_update,  ///< the generator has learned; the step is over
};

/// "forward", "partner", "generator"
constexpr std::string_view to_string(Phase phase) {
  return phase == Phase::forward ? "forward" : phase == Phase::partner_update ? "partner" : "generator";
}

/// Is told at the end of each phase of a step: the batch that the phase has read and what is measured so far.
/// A forward phase is that of the discriminator's first update of the step.
template <class Metrics>
using WatchPhases = std::function<void(Phase phase, const Batch& batch, const Metrics& metrics)>;

}  // namespace ganymede::train
