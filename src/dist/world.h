#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dist/processes.h"

namespace ganymede::dist {

/// How many processes the MPI launcher that started this one (mpirun, mpiexec, srun) started; nothing if none
/// did, or only one.
std::optional<int> launched_processes();

/// The rank of this process among them, from 0; 0 where there are no others.
int launched_rank();

/// The processes that an MPI launcher started, of which this is one. MPI is in a library of its own, which is
/// loaded when it is needed, so that the program runs where there is none.
class World {
 public:
  /// Joins the others, if there are any. Throws Error(usage) if there are and this program has no MPI.
  World();
  ~World();
  World(const World&) = delete;

  const Processes& processes() const { return processes_; }  ///< One where no launcher started several.
  bool leads() const { return processes_.rank == 0; }        ///< Whether this is the first of them.

  /// On the first process: tells the others of a training in so many parts. On the others: waits for it, and
  /// returns the parts, 0 for no training.
  std::int64_t agree_on_parts(std::int64_t parts = 0);

 private:
  Processes processes_;
  bool agreed_ = false;
};

/// Which MPI this program can use, as it says itself ("Open MPI v4.1.4 ..."), or why none.
std::string describe_mpi();

}  // namespace ganymede::dist
