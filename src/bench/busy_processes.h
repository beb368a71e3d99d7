#pragma once

#include <sys/types.h>

#include <vector>

namespace ganymede::bench {

/// Processes that do nothing but keep a processor each busy: a load to measure beside. They are children of
/// this process, share no time or memory account with it, and end with this object and, however it ends,
/// with the thread that made it. Make it before much memory is in use: they are copies of this process.
class BusyProcesses {
 public:
  /// Starts `count` processes, which stand still. Throws Error(usage) if the system allows no more.
  explicit BusyProcesses(int count);
  ~BusyProcesses();
  BusyProcesses(const BusyProcesses&) = delete;
  BusyProcesses& operator=(const BusyProcesses&) = delete;

  const std::vector<pid_t>& ids() const { return ids_; }

  /// Lets them run.
  void start();
  /// Makes them stand still. Throws Error(usage) if one has ended: what was measured was not beside all.
  void pause();

 private:
  void end();

  std::vector<pid_t> ids_;
};

}  // namespace ganymede::bench
