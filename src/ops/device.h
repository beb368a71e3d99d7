#pragma once

#include <memory>
#include <string>

#include "base/dtype.h"

namespace ganymede::ops {

/// The processor as oneDNN sees it: the engine that compiles kernels and the stream that runs them.
/// Matrix operations are built for a device, which must outlive them.
class Device {
 public:
  Device();
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  struct Handles;
  const Handles& handles() const { return *handles_; }

 private:
  std::unique_ptr<Handles> handles_;
};

/// What the kernels can count on here.
struct Capabilities {
  std::string library_version;  ///< oneDNN's, "3.13.0"
  std::string
      instruction_set;       ///< the best that oneDNN uses: "AVX512_CORE_BF16"; ONEDNN_MAX_CPU_ISA lowers it
  bool bf16 = false;         ///< whether there are kernels for bf16 at all: from AVX-512 on
  bool native_bf16 = false;  ///< whether bf16 products are single instructions
};
Capabilities capabilities();

}  // namespace ganymede::ops
