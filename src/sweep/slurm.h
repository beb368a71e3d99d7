#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sweep/description.h"

namespace ganymede::sweep {

/// A job array of Slurm whose tasks are workers of a sweep.
struct SlurmJob {
  std::int64_t tasks = 1;            ///< workers
  std::int64_t threads = 1;          ///< processors of each
  std::filesystem::path directory;   ///< where they start, on a file system that all machines share
  std::vector<std::string> command;  ///< of a worker
};

/// The script for sbatch. Its time limit is the description's budget, if that has one; a minute before it
/// Slurm sends SIGTERM, after which a worker writes a checkpoint.
std::string slurm_script(const Description& description, const SlurmJob& job);

}  // namespace ganymede::sweep
