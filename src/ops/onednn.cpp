#include "ops/onednn.h"

#include <omp.h>
#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

#include "base/threads/parallel.h"

namespace ganymede::ops {

OneThread::OneThread() : before_(omp_get_max_threads()) {
  if (before_ != 1) {
    omp_set_num_threads(1);
  }
}

OneThread::~OneThread() {
  if (before_ != 1) {
    omp_set_num_threads(before_);
  }
}

Kernel::Kernel(const Device& device, dnnl::primitive primitive, const std::vector<Argument>& arguments)
    : device_(&device), primitive_(std::move(primitive)) {
  device.reserve_scratchpad(arguments.back().second.get_size());
  threads_.resize(static_cast<std::size_t>(device.threads()));
  for (Arguments& of_thread : threads_) {
    for (const auto& [name, description] : arguments) {
      of_thread.memories.emplace_back(description, device.handles().engine, nullptr);
      of_thread.arguments.push_back({name, of_thread.memories.back().get()});
    }
  }
}

void Kernel::run(std::initializer_list<const void*> pointers) const {
  const OneThread one_thread;
  const int thread = base::current_thread();
  const Arguments& of_thread = threads_[thread];
  assert(pointers.size() + 1 == of_thread.memories.size());
  auto memory = of_thread.memories.begin();
  const auto place = [&](const void* pointer) {
    // oneDNN takes every argument as writable; it writes only to destinations.
    dnnl::error::wrap_c_api(dnnl_memory_set_data_handle(memory->get(), const_cast<void*>(pointer)),
                            "could not set a tensor's address");
    ++memory;
  };
  std::ranges::for_each(pointers, place);
  place(device_->handles().threads[thread].scratchpad.data());
  dnnl::error::wrap_c_api(
      dnnl_primitive_execute(primitive_.get(), device_->handles().stream.get(),
                             static_cast<int>(of_thread.arguments.size()), of_thread.arguments.data()),
      "could not execute a primitive");
}

WeightsReorder::WeightsReorder(const Device& device, const dnnl::memory::desc& ours,
                               const dnnl::memory::desc& chosen)
    : needed_(ours != chosen) {
  if (needed_) {
    const auto& engine = device.handles().engine;
    const OneThread one_thread;
    const dnnl::reorder::primitive_desc description(engine, ours, engine, chosen, attributes());
    kernel_ =
        Kernel::compile<dnnl::reorder>(device, description, {{DNNL_ARG_FROM, ours}, {DNNL_ARG_TO, chosen}});
    memory_ = base::Buffer(chosen.get_size());
  }
}

const void* WeightsReorder::operator()(const void* weights) const {
  if (!needed_) {
    return weights;
  }
  kernel_.run({weights, memory_.data()});
  return memory_.data();
}

namespace {

/// Throws std::bad_alloc where memory is short: oneDNN crashes without memory while it builds a primitive.
void require_memory() {
  constexpr std::size_t enough = std::size_t{32} << 20;
  void* const memory =
      ::mmap(nullptr, enough, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    throw std::bad_alloc();
  }
  ::munmap(memory, enough);
}

}  // namespace

dnnl::primitive_attr attributes() {
  require_memory();
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
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
      case Function::leaky_hard_tanh:
        assert(epilogue.activation->fits_epilogue());
        break;
    }
  }
  dnnl::primitive_attr attr = attributes();
  attr.set_post_ops(operations);
  return attr;
}

}  // namespace ganymede::ops
