#pragma once

#include <oneapi/dnnl/dnnl.hpp>

#include <array>
#include <initializer_list>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "ops/device.h"
#include "ops/elementwise/activation.h"

/// Common parts for oneDNN; included by this folder only.
namespace ganymede::ops {

/// A thread's memory while it runs a part of an operation: this library's and oneDNN's.
struct ThreadMemory {
  base::Buffer scratch, scratchpad;
};

struct Device::Handles {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<ThreadMemory> threads;
};

/// While it exists, oneDNN builds and runs primitives for the calling thread alone.
class OneThread {
 public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

inline dnnl::memory::data_type onednn_type(base::DType type) {
  return type == base::DType::f32 ? dnnl::memory::data_type::f32 : dnnl::memory::data_type::bf16;
}

/// A compiled primitive, which runs on the thread that calls it, and its arguments. oneDNN's C++ call builds
/// a map of the arguments each time; this keeps them in place, for each thread, and only exchanges the
/// pointers.
class Kernel {
 public:
  using Argument = std::pair<int, dnnl::memory::desc>;

  Kernel() = default;
  /// `description` is of a primitive of type Primitive, built under OneThread with attributes().
  template <class Primitive, class Description>
  static Kernel compile(const Device& device, const Description& description,
                        std::vector<Argument> arguments) {
    arguments.emplace_back(DNNL_ARG_SCRATCHPAD, description.scratchpad_desc());
    return {device, Primitive(description), arguments};
  }

  /// Runs over `pointers`, in the order of the arguments given at construction, and waits. Any number of a
  /// loop's parts may run one kernel at once.
  void run(std::initializer_list<const void*> pointers) const;

 private:
  struct Arguments {
    std::vector<dnnl::memory> memories;
    std::vector<dnnl_exec_arg_t> arguments;
  };

  Kernel(const Device& device, dnnl::primitive primitive, const std::vector<Argument>& arguments);

  const Device* device_ = nullptr;
  dnnl::primitive primitive_;
  std::vector<Arguments> threads_;
};

/// Reorders weights for a kernel; does nothing if the orders are the same.
class WeightsReorder {
 public:
  WeightsReorder() = default;
  WeightsReorder(const Device& device, const dnnl::memory::desc& ours, const dnnl::memory::desc& chosen);

  const void* operator()(const void* weights) const;

 private:
  bool needed_ = false;
  Kernel kernel_;
  base::Buffer memory_;
};

/// The attributes of every primitive: the memory that it needs while it runs is its thread's. Throws
/// std::bad_alloc where memory is short.
dnnl::primitive_attr attributes();
/// The attributes that put `epilogue` behind a product; with `accumulate` the product is added to what dst
/// holds.
dnnl::primitive_attr attributes(const Epilogue& epilogue, bool accumulate);

}  // namespace ganymede::ops
