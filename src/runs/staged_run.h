#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "runs/run_directory.h"
#include "runs/run_lock.h"

namespace ganymede::runs {

/// A run directory that is locked while this exists.
struct LockedRun {
  RunDirectory directory;  ///< where the run is
  RunLock lock;            ///< keeps other processes out
};

/// The usual name of a new run: <time>-<recipe>.
std::string run_name(const std::string& recipe);
/// `name`, with a number behind it if it is in use.
std::string unused_name(const std::string& name, const std::function<bool(const std::string&)>& is_used);

/// A new run directory under a hidden name beside its final place, so that a visible run directory can always
/// be resumed. It is removed at destruction unless it was put in place; that of a killed process is removed
/// by the next one beside it.
class StagedRun {
 public:
  /// `out` is the requested directory; empty for runs/TIME-RECIPE. Throws Error(file) if it is not empty or
  /// cannot be made.
  StagedRun(const std::filesystem::path& out, const std::string& recipe);
  ~StagedRun();
  StagedRun(const StagedRun&) = delete;
  StagedRun& operator=(const StagedRun&) = delete;

  /// The directory under its temporary name.
  const RunDirectory& directory() const { return staged_->directory; }
  /// Moves the directory to its final place and sets the link `latest` if that is in a directory named runs.
  /// If the user gave no name and the place is in use, it gets another name. Throws Error(file).
  LockedRun put_in_place();

 private:
  bool place_is_free_choice_;
  std::filesystem::path place_;
  std::optional<LockedRun> staged_;
};

/// Throws Error(file) if `out` exists and is not an empty directory.
void require_free(const std::filesystem::path& out);

}  // namespace ganymede::runs
