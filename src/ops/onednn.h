#pragma once

#include <oneapi/dnnl/dnnl.hpp>

#include <array>
#include <initializer_list>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "ops/activation.h"
#include "ops/device.h"

/// What the files of this folder share about oneDNN; included by no other folder.
namespace ganymede::ops {

struct Device::Handles {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  base::Buffer scratch;
};

inline dnnl::memory::data_type onednn_type(base::DType type) {
  return type == base::DType::f32 ? dnnl::memory::data_type::f32 : dnnl::memory::data_type::bf16;
}

/// A compiled primitive and its arguments. oneDNN's C++ call builds a map of the arguments each time; this
/// keeps them in place and only exchanges the pointers.
class Kernel {
 public:
  using Argument = std::pair<int, dnnl::memory::desc>;

  Kernel() = default;
  Kernel(const Device& device, const dnnl::primitive& primitive, const std::vector<Argument>& arguments);

  /// Runs over `pointers`, in the order of the arguments given at construction, and waits.
  void run(std::initializer_list<const void*> pointers) const;

 private:
  dnnl::stream stream_;
  dnnl::primitive primitive_;
  std::vector<dnnl::memory> memories_;
  std::vector<dnnl_exec_arg_t> arguments_;
};

/// Brings weights from our order into the one that a kernel chose; does nothing where they are the same.
class WeightsReorder {
 public:
  WeightsReorder() = default;
  WeightsReorder(const Device& device, const dnnl::memory::desc& ours, const dnnl::memory::desc& chosen);

  const void* operator()(const void* weights);

 private:
  bool needed_ = false;
  Kernel kernel_;
  base::Buffer memory_;
};

/// The attributes that put `epilogue` behind a product; with `accumulate` the product is added to what dst
/// holds.
dnnl::primitive_attr attributes(const Epilogue& epilogue, bool accumulate);

}  // namespace ganymede::ops
