#pragma once

#include <filesystem>

#include "cli/run_directory.h"

namespace ganymede::cli {

/// Keeps other processes from training in a run's directory, by flock(2) on a file in it, which the system
/// gives up with the process however that ends. Where the file system has no locks there is none.
class RunLock {
 public:
  /// Throws Error(file), which names the process, if another one trains there.
  explicit RunLock(const RunDirectory& run);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace ganymede::cli
