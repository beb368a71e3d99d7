#pragma once

#include <cstdint>
#include <memory>

#include "base/dtype.h"
#include "ops/device.h"
#include "ops/elementwise/activation.h"

namespace ganymede::ops {

/// dst[rows, columns] = epilogue(src[rows, inner] x weights[inner, columns]), all row-major.
struct MatmulCase {
  std::int64_t rows = 1;
  std::int64_t inner = 1;
  std::int64_t columns = 1;
  bool transpose_src = false;      ///< src is stored as [inner, rows]
  bool transpose_weights = false;  ///< weights are stored as [columns, inner]
  bool pack_weights = false;       ///< run() takes what pack() gives
  bool slices = true;  ///< whether it may be cut into slices; false for what is itself a part of a loop
  base::DType src = base::DType::f32;
  base::DType weights = base::DType::f32;
  base::DType dst = base::DType::f32;
  Epilogue epilogue = {};
  bool accumulate = false;  ///< dst += instead of dst =
};

/// A matrix product compiled for one case. Sums are kept in f32 whatever the types. A large one is cut into
/// slices of rows or of columns, which depend on the case alone, so that the result does not depend on the
/// threads that take them.
class Matmul {
 public:
  Matmul(const Device& device, const MatmulCase& matmul);
  ~Matmul();
  Matmul(Matmul&&) noexcept;
  Matmul& operator=(Matmul&&) noexcept;

  /// `bias` is [columns] in f32, and null without one.
  void run(const void* src, const void* weights, const float* bias, void* dst) const;

  /// The weights in the kernel's preferred order, for several runs; valid until the next call.
  const void* pack(const void* weights) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace ganymede::ops
