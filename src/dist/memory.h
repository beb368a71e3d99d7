#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "dist/shared_memory.h"

namespace ganymede::dist {

/// Where the parts of a training have a tensor of each, as far as this process can read them.
struct Copies {
  Copies(const Processes& processes, std::size_t bytes) : memory(processes, bytes) {}

  SharedMemory memory;                 ///< of the parts of each process, one after the other
  std::vector<const float*> of_parts;  ///< [parts]; null where the numbers have to be sent
};

/// Zeroed numbers of a part, which the other parts read, or are sent, when they exchange them: see Part.
class Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory(Memory&&) noexcept = default;
  Memory& operator=(Memory&&) noexcept = default;

  std::span<float> values() { return values_; }
  std::span<const float> values() const { return values_; }

 private:
  friend class Part;

  base::Buffer alone_;              // of a training in one part
  std::shared_ptr<Copies> copies_;  // of others
  std::span<float> values_;
};

}  // namespace ganymede::dist
