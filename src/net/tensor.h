#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/dtype.h"
#include "base/shape.h"

namespace ganymede::net {

/// A tensor in memory that another object owns.
struct TensorRef {
  std::byte* data = nullptr;
  base::DType dtype = base::DType::f32;
  base::Shape shape;  ///< the batch first

  template <class T>
  std::span<T> as() const {
    return {reinterpret_cast<T*>(data), static_cast<std::size_t>(shape.elements())};
  }
};

/// dst = src, converted where the types differ; nothing where both are the same memory.
void copy(const TensorRef& src, const TensorRef& dst);

/// A parameter of a layer: the f32 master, its gradient, and what the matrix kernels read, which is the
/// master or its bf16 shadow.
struct ParameterRef {
  std::span<float> values;
  std::span<float> gradients;
  const void* compute = nullptr;
};

}  // namespace ganymede::net
