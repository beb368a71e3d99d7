#include "ops/device.h"

#include <fmt/format.h>

#include "base/threads/parallel.h"
#include "ops/onednn.h"

namespace ganymede::ops {

namespace {

struct InstructionSet {
  dnnl_cpu_isa_t value;
  const char* name;
};

constexpr InstructionSet instruction_sets[] = {
    {dnnl_cpu_isa_sse41, "SSE41"},
    {dnnl_cpu_isa_avx, "AVX"},
    {dnnl_cpu_isa_avx2, "AVX2"},
    {dnnl_cpu_isa_avx2_vnni, "AVX2_VNNI"},
    {dnnl_cpu_isa_avx2_vnni_2, "AVX2_VNNI_2"},
    {dnnl_cpu_isa_avx512_core, "AVX512_CORE"},
    {dnnl_cpu_isa_avx512_core_vnni, "AVX512_CORE_VNNI"},
    {dnnl_cpu_isa_avx512_core_bf16, "AVX512_CORE_BF16"},
    {dnnl_cpu_isa_avx512_core_fp16, "AVX512_CORE_FP16"},
    {dnnl_cpu_isa_avx512_core_amx, "AVX512_CORE_AMX"},
    {dnnl_cpu_isa_avx512_core_amx_fp16, "AVX512_CORE_AMX_FP16"},
};

}  // namespace

namespace {

void reserve(base::Buffer& buffer, std::size_t bytes) {
  if (buffer.size() < bytes) {
    buffer = base::Buffer(bytes);
  }
}

}  // namespace

Device::Device() : handles_(std::make_unique<Handles>()) {
  handles_->threads.resize(static_cast<std::size_t>(base::thread_count()));
}
Device::~Device() = default;

int Device::threads() const {
  return static_cast<int>(handles_->threads.size());
}

void Device::reserve_scratch(std::size_t bytes) const {
  for (ThreadMemory& memory : handles_->threads) {
    reserve(memory.scratch, bytes);
  }
}

void Device::reserve_scratchpad(std::size_t bytes) const {
  for (ThreadMemory& memory : handles_->threads) {
    reserve(memory.scratchpad, bytes);
  }
}

std::byte* Device::scratch() const {
  return handles_->threads[base::current_thread()].scratch.data();
}

Capabilities capabilities() {
  const dnnl_version_t* version = dnnl_version();
  const dnnl_cpu_isa_t best = dnnl_get_effective_cpu_isa();
  Capabilities result;
  result.library_version = fmt::format("{}.{}.{}", version->major, version->minor, version->patch);
  result.instruction_set = fmt::format("ISA {:#x}", static_cast<unsigned>(best));
  for (const InstructionSet& set : instruction_sets) {
    if (set.value == best) {
      result.instruction_set = set.name;
    }
  }
  // The enumerators are bit sets in which a newer instruction set contains the ones it extends.
  result.bf16 = (best & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
  result.native_bf16 = (best & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
  return result;
}

}  // namespace ganymede::ops
