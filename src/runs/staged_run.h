#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "runs/run_directory.h"
#include "runs/run_lock.h"

namespace ganymede::runs {

/// A run directory that nobody else trains in while this lives.
struct LockedRun {
  RunDirectory directory;  ///< where the run is
  RunLock lock;            ///< keeps other processes out
};

/// A run directory in the making, under a hidden name beside its place, so that a run directory that can be
/// seen can be resumed. Removed at the end of its life unless it was put in place; that of a process that was
/// killed is removed by the next one that is made beside it.
class StagedRun {
 public:
  /// `out` is the directory that the user asked for; empty for runs/TIME-RECIPE. Throws Error(file) if it
  /// exists with something in it or cannot be made.
  StagedRun(const std::filesystem::path& out, const std::string& recipe);
  ~StagedRun();
  StagedRun(const StagedRun&) = delete;
  StagedRun& operator=(const StagedRun&) = delete;

  /// The directory as it is for now.
  const RunDirectory& directory() const { return staged_->directory; }
  /// Moves the directory to its place, or, where the user did not name it and another run has taken it, to
  /// one beside that, and points the link `latest` there if that is in a directory named runs. Throws
  /// Error(file).
  LockedRun put_in_place();

 private:
  bool place_is_free_choice_;
  std::filesystem::path place_;
  std::optional<LockedRun> staged_;
};

/// Throws Error(file) if a run cannot be made at `out` because there is something already.
void require_free(const std::filesystem::path& out);

}  // namespace ganymede::runs
