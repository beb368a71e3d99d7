#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "queue/order.h"
#include "runs/run_lock.h"

namespace ganymede::queue {

/// The orders that wait in a directory of runs, in its queue.json, so that they outlive the program. One
/// program at a time keeps them there; in another one, or where the directory cannot be written, they are in
/// memory alone.
class QueueFile {
 public:
  /// `warn` is told, once, when orders wait that will not outlive the program.
  QueueFile(const std::filesystem::path& root, std::function<void(std::string_view)> warn);

  /// The orders of the program before, each with its run's name. A damaged file is renamed and told of; then
  /// there are none.
  std::vector<Order> read();
  /// Replaces the file in one moment; removes it where there are none.
  void write(const std::vector<Order>& orders);

 private:
  std::filesystem::path path_;
  std::function<void(std::string_view)> warn_;
  std::optional<runs::RunLock> lock_;
  std::string obstacle_;  // to keeping orders, until it was told
};

}  // namespace ganymede::queue
