#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "runs/run_directory.h"

namespace ganymede::runs {

/// Keeps other processes from training in a run's directory, by flock(2) on a file in it, which the system
/// gives up with the process however that ends, also where both are in containers that share the directory.
/// Where the file system has no locks, the file is there and locks nothing.
class RunLock {
 public:
  /// Throws Error(file), which names the process, if another one trains there, and if the file cannot be
  /// made.
  explicit RunLock(const RunDirectory& run);
  /// The lock of a process that has ended without giving it up; nothing where there was no lock, where its
  /// process lives, and where that cannot be told.
  static std::optional<RunLock> inherit(const RunDirectory& run);
  ~RunLock();
  /// Takes over the lock of `other`.
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&&) = delete;

  /// The file that is locked in a run's directory.
  static std::filesystem::path file_in(const RunDirectory& run) { return run.path() / ".lock"; }
  /// Says that the directory has another name now.
  void follow(const RunDirectory& moved) { path_ = file_in(moved); }

 private:
  RunLock(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace ganymede::runs
