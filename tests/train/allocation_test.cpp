#include <dlfcn.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string_view>

#include "train/fixtures.h"

namespace {

/// Counts what operator new is asked for while it is on, oneDNN's own calls apart: it builds a small map of
/// the arguments in every execution, which no caller can avoid.
struct Counter {
  std::atomic<bool> on = false;
  std::atomic<long> ours = 0;
  std::atomic<long> onednns = 0;
};
Counter counter;

bool called_from_onednn(const void* caller) {
  Dl_info module{};
  return dladdr(caller, &module) != 0 && module.dli_fname != nullptr &&
         std::string_view(module.dli_fname).find("dnnl") != std::string_view::npos;
}

void* allocate(std::size_t size, std::size_t alignment, const void* caller) {
  if (counter.on) {
    ++(called_from_onednn(caller) ? counter.onednns : counter.ours);
  }
  void* memory = nullptr;
  if (posix_memalign(&memory, std::max(alignment, sizeof(void*)), size) != 0) {
    throw std::bad_alloc();
  }
  return memory;
}

/// Not inlined, as gcc would then see a pointer from operator new given to free.
[[gnu::noinline]] void release(void* memory) noexcept {
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size, alignof(std::max_align_t), __builtin_return_address(0));
}
void* operator new[](std::size_t size) {
  return allocate(size, alignof(std::max_align_t), __builtin_return_address(0));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment), __builtin_return_address(0));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment), __builtin_return_address(0));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size, alignof(std::max_align_t), __builtin_return_address(0));
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete[](void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}

namespace ganymede::train {
namespace {

TEST(Allocation, IsCounted) {
  counter.ours = 0;
  counter.on = true;
  ::operator delete(::operator new(1));  // as a pair of new and delete may be left out
  counter.on = false;
  EXPECT_GE(counter.ours, 1);
}

TEST(Allocation, DoesNotHappenInAStepOfAnyRecipe) {
  const ops::Device device;
  for (const EmbeddedRecipe& shipped : embedded_recipes()) {
    for (const std::string& precision : precisions()) {
      const Recipe recipe =
          shipped_recipe(shipped.name, {"training.batch_size=16", "training.precision=" + precision});
      const data::Dataset& dataset = data_of(recipe);
      Model model(recipe, image_of(recipe), dataset.classes(), device);
      Feeder feeder(recipe, dataset.train, dataset.classes());
      model.take_step(0, feeder);
      counter.ours = 0;
      counter.on = true;
      model.take_step(1, feeder);
      counter.on = false;
      EXPECT_EQ(counter.ours, 0) << shipped.name << " " << precision;
    }
  }
}

}  // namespace
}  // namespace ganymede::train
