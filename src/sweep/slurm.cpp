#include "sweep/slurm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/host.h"

namespace ganymede::sweep {

namespace {

/// The time limit in minutes, with two for the last checkpoint.
std::string time_limit(double seconds) {
  constexpr std::int64_t spare = 2;
  return fmt::format("{}", static_cast<std::int64_t>(std::ceil(seconds / 60.0)) + spare);
}

/// The sweep's name, without what a directive of Slurm would take apart.
std::string job_name(const Description& description) {
  std::string name = std::filesystem::path(description.where).stem().string();
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '_'; }, '-');
  return name;
}

}  // namespace

std::string slurm_script(const Description& description, const SlurmJob& job) {
  const auto& budget = description.budget.seconds;
  std::string script = "#!/bin/bash\n";
  const auto directive = [&](const std::string& text) { script += "#SBATCH --" + text + "\n"; };
  directive("job-name=" + job_name(description));
  directive(fmt::format("array=0-{}", job.tasks - 1));
  directive("ntasks=1");
  directive(fmt::format("cpus-per-task={}", job.threads));
  if (budget) {
    directive("time=" + time_limit(*budget));
  }
  directive("signal=B:TERM@60");
  directive("requeue");
  directive("output=" + job_name(description) + "-%A_%a.log");
  script += fmt::format(
      "# Each task is a worker of the sweep. Submitted again, it goes on where the last one ended.\n"
      "set -eu\n"
      "cd -- {}\n"
      "exec {} --threads \"${{SLURM_CPUS_PER_TASK:-{}}}\"\n",
      base::shell_line({job.directory.string()}), base::shell_line(job.command), job.threads);
  return script;
}

}  // namespace ganymede::sweep
