#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "dist/processes.h"

namespace ganymede::dist {

/// Which processes read the memory of others: all that of all, some that of some, none any.
enum class Sharing { none, some, all };

/// Zeroed memory of every process, equally much in each, that the others on its machine read where it is.
class SharedMemory {
 public:
  /// All processes make one together. Memory that cannot be shared (another machine or container) is as
  /// usable by its own process. Throws std::bad_alloc.
  SharedMemory(const Processes& processes, std::size_t bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;

  std::byte* own() const { return own_; }  ///< This process' memory.
  /// That of process `rank`; null if it cannot be read here.
  const std::byte* of(int rank) const { return theirs_[rank]; }
  bool is_read_by(int rank) const { return readers_[rank] != 0; }  ///< Whether that process reads this one's.
  Sharing sharing() const { return sharing_; }                     ///< The same in all processes.

 private:
  void open_those_of_others(const Processes& processes, int file);

  std::size_t bytes_;
  base::Buffer buffer_;  // where no other process reads it
  std::byte* own_ = nullptr;
  int rank_;
  std::vector<const std::byte*> theirs_;  // [processes], own_ among them
  std::vector<unsigned char> readers_;    // [processes]
  Sharing sharing_ = Sharing::none;
};

}  // namespace ganymede::dist
