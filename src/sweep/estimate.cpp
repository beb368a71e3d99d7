#include "sweep/estimate.h"

#include "session/step_time.h"

namespace ganymede::sweep {

double seconds_left(const Plan& plan, const std::vector<Standing>& standings,
                    const std::function<bool()>& enough) {
  std::vector<std::int64_t> steps(plan.candidates.size());
  for (std::size_t n = 0; n < plan.runs.size(); ++n) {
    if (!standings[n].is_over()) {
      const std::size_t setting = plan.runs[n].setting;
      steps[setting] += plan.candidates[setting].total_steps - standings[n].step;
    }
  }
  double seconds = 0.0;
  for (std::size_t setting = 0; setting < steps.size() && !enough(); ++setting) {
    if (steps[setting] > 0) {
      const Candidate& candidate = plan.candidates[setting];
      seconds += static_cast<double>(steps[setting]) *
                 session::seconds_a_step({.recipe = candidate.recipe, .dataset = candidate.dataset}, enough);
    }
  }
  return seconds;
}

}  // namespace ganymede::sweep
