#pragma once

#include <sys/types.h>

#include <vector>

namespace ganymede::bench {

/// Child processes that each keep a processor busy, as a load for measurements. They end with this object,
/// and also when the thread that made it ends in any way. Make it before much memory is in use: they are
/// copies of this process.
class BusyProcesses {
 public:
  /// Starts `count` stopped processes. Throws Error(usage) if the system allows no more.
  explicit BusyProcesses(int count);
  ~BusyProcesses();
  BusyProcesses(const BusyProcesses&) = delete;
  BusyProcesses& operator=(const BusyProcesses&) = delete;

  const std::vector<pid_t>& ids() const { return ids_; }

  /// Continues the processes.
  void start();
  /// Stops the processes. Throws Error(usage) if one has ended, since the measurement is then invalid.
  void pause();

 private:
  void end();

  std::vector<pid_t> ids_;
};

}  // namespace ganymede::bench
