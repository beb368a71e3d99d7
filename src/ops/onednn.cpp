#include "ops/onednn.h"

#include <cassert>
#include <limits>

namespace ganymede::ops {

Kernel::Kernel(const Device& device, const dnnl::primitive& primitive, const std::vector<Argument>& arguments)
    : stream_(device.handles().stream), primitive_(primitive) {
  for (const auto& [name, description] : arguments) {
    memories_.emplace_back(description, device.handles().engine, nullptr);
    arguments_.push_back({name, memories_.back().get()});
  }
}

void Kernel::run(std::initializer_list<const void*> pointers) const {
  assert(pointers.size() == memories_.size());
  auto memory = memories_.begin();
  for (const void* pointer : pointers) {
    // oneDNN takes every argument as writable; it writes only to destinations.
    dnnl::error::wrap_c_api(dnnl_memory_set_data_handle(memory->get(), const_cast<void*>(pointer)),
                            "could not set a tensor's address");
    ++memory;
  }
  dnnl::error::wrap_c_api(dnnl_primitive_execute(primitive_.get(), stream_.get(),
                                                 static_cast<int>(arguments_.size()), arguments_.data()),
                          "could not execute a primitive");
}

WeightsReorder::WeightsReorder(const Device& device, const dnnl::memory::desc& ours,
                               const dnnl::memory::desc& chosen)
    : needed_(ours != chosen) {
  if (needed_) {
    const auto& engine = device.handles().engine;
    kernel_ = Kernel(device, dnnl::reorder(dnnl::reorder::primitive_desc(engine, ours, engine, chosen)),
                     {{DNNL_ARG_FROM, ours}, {DNNL_ARG_TO, chosen}});
    memory_ = base::Buffer(chosen.get_size());
  }
}

const void* WeightsReorder::operator()(const void* weights) {
  if (!needed_) {
    return weights;
  }
  kernel_.run({weights, memory_.data()});
  return memory_.data();
}

dnnl::primitive_attr attributes(const Epilogue& epilogue, bool accumulate) {
  dnnl::post_ops operations;
  if (accumulate) {
    operations.append_sum();
  }
  if (epilogue.activation) {
    switch (epilogue.activation->function) {
      case Function::leaky_relu:
      case Function::relu:
        operations.append_eltwise(dnnl::algorithm::eltwise_relu, epilogue.activation->slope, 0.0F);
        break;
      case Function::tanh:
        operations.append_eltwise(dnnl::algorithm::eltwise_tanh, 0.0F, 0.0F);
        break;
      case Function::sigmoid:
        operations.append_eltwise(dnnl::algorithm::eltwise_logistic, 0.0F, 0.0F);
        break;
    }
  }
  dnnl::primitive_attr attr;
  attr.set_post_ops(operations);
  return attr;
}

}  // namespace ganymede::ops
