#pragma once

#include <algorithm>
#include <cstdint>

namespace ganymede::base {

/// How many threads the loops and the matrix kernels use. At least one.
int thread_count();

/// The number, below thread_count(), of the thread of parallel_for() that calls this.
int current_thread();

/// Asks for `count` threads; zero leaves one a processor that this process may run on.
void set_thread_count(int count);

namespace detail {
using Body = void (*)(const void* context, std::int64_t begin, std::int64_t end);
void run_parallel(std::int64_t count, std::int64_t grain, Body body, const void* context);
}  // namespace detail

/// Calls `body(begin, end)` over disjoint ranges that cover [0, count), on several threads when `count`
/// exceeds `grain`. Ranges begin at multiples of `grain`. Allocates nothing. Where a range throws, the others
/// are worked through all the same, and then the first exception is thrown here.
template <class Function>
void parallel_for(std::int64_t count, std::int64_t grain, const Function& body) {
  detail::run_parallel(
      count, grain,
      [](const void* context, std::int64_t begin, std::int64_t end) {
        (*static_cast<const Function*>(context))(begin, end);
      },
      &body);
}

}  // namespace ganymede::base
