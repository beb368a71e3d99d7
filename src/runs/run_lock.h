#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "runs/run_directory.h"

namespace ganymede::runs {

/// Prevents other processes from training in a run's directory, by flock(2) on a file in it. The system
/// releases the lock when the process ends; this also works between containers that share the directory. On a
/// file system without locks there is no protection.
class RunLock {
 public:
  /// Throws Error(file), which names the process, if another one trains there, and if the file cannot be
  /// made.
  explicit RunLock(const RunDirectory& run);
  /// The same; nothing if another process has the lock.
  static std::optional<RunLock> take_free(const RunDirectory& run);
  /// Takes over the lock of a process that was killed; nothing if there is no lock, or if its process runs or
  /// may run.
  static std::optional<RunLock> inherit(const RunDirectory& run);
  /// Whether a process trains in the directory, as far as can be known.
  static bool is_held(const RunDirectory& run);
  ~RunLock();
  /// Takes over the lock of `other`.
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&&) = delete;

  /// The file that is locked in a run's directory.
  static std::filesystem::path file_in(const RunDirectory& run) { return run.path() / ".lock"; }
  /// Follows a renamed directory.
  void follow(const RunDirectory& moved) { path_ = file_in(moved); }

 private:
  RunLock(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  void name_process() const;

  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace ganymede::runs
