#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/buffer.h"
#include "base/threads/parallel.h"

namespace ganymede::ops {

/// The processor as oneDNN sees it: the engine that compiles kernels and the stream that runs them.
/// Matrix operations are built for a device, which must outlive them, and run one at a time. They use the
/// team of the thread that runs them (base/threads/team.h), and as many threads of it as the device's maker
/// had.
class Device {
 public:
  Device();
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  struct Handles;
  const Handles& handles() const { return *handles_; }
  int threads() const;

  /// Calls `body(part)` for every part in [0, parts) by base::parallel_parts(), on threads that have scratch
  /// memory here.
  template <class Function>
  void for_each_part(std::int64_t parts, const Function& body) const {
    base::parallel_parts(parts, body, threads());
  }

  /// Reserves `bytes` of scratch memory for each thread, shared by all operations of a device.
  void reserve_scratch(std::size_t bytes) const;
  /// The same for oneDNN's scratchpads.
  void reserve_scratchpad(std::size_t bytes) const;
  /// The scratch memory of the calling thread.
  std::byte* scratch() const;

 private:
  std::unique_ptr<Handles> handles_;
};

/// A piece of a device's scratch memory: each thread has its own, which holds what a part of an operation
/// needs while it runs.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Device& device, std::size_t bytes) : Scratch(device, 0, bytes) {}
  /// The piece after this one, to be used together with it.
  Scratch behind(std::size_t bytes) const { return {*device_, end(), bytes}; }

  std::byte* data() const { return device_->scratch() + offset_; }
  template <class T>
  std::span<T> as() const {
    return {reinterpret_cast<T*>(data()), bytes_ / sizeof(T)};
  }

 private:
  Scratch(const Device& device, std::size_t offset, std::size_t bytes)
      : device_(&device), offset_(offset), bytes_(bytes) {
    device.reserve_scratch(end());
  }
  std::size_t end() const { return offset_ + base::aligned_size(bytes_); }

  const Device* device_ = nullptr;
  std::size_t offset_ = 0, bytes_ = 0;
};

/// The capabilities of the kernels on this processor.
struct Capabilities {
  std::string library_version;  ///< oneDNN's, "3.13.0"
  std::string
      instruction_set;       ///< the best that oneDNN uses: "AVX512_CORE_BF16"; ONEDNN_MAX_CPU_ISA lowers it
  bool bf16 = false;         ///< whether there are kernels for bf16 at all: from AVX-512 on
  bool native_bf16 = false;  ///< whether bf16 products are single instructions
};
Capabilities capabilities();

}  // namespace ganymede::ops
