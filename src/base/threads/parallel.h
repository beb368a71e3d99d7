#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace ganymede::base {

/// The number of threads in this thread's loops: those of its team (base/threads/team.h), or one.
int thread_count();

/// The number, below thread_count(), of the thread of the loop that calls this; zero outside of loops.
int current_thread();

namespace detail {
using Body = void (*)(const void* context, std::int64_t part);
void run_parts(std::int64_t parts, int most_threads, Body body, const void* context);
std::int64_t parts_of(std::int64_t grains);
}  // namespace detail

/// Calls `body(part)` for every part in [0, parts), on the threads of the team and on `most_threads` of them
/// at most. Any thread may run any part; a loop within a part runs on its thread alone. Allocates nothing. An
/// exception of a part is thrown again when all parts have ended.
template <class Function>
void parallel_parts(std::int64_t parts, const Function& body,
                    int most_threads = std::numeric_limits<int>::max()) {
  detail::run_parts(
      parts, most_threads,
      [](const void* context, std::int64_t part) { (*static_cast<const Function*>(context))(part); }, &body);
}

/// Calls `body(begin, end)` over disjoint ranges that cover [0, count), on several threads when `count`
/// exceeds `grain`. Ranges begin at multiples of `grain`; where they begin depends on the number of threads.
/// Allocates nothing.
template <class Function>
void parallel_for(std::int64_t count, std::int64_t grain, const Function& body) {
  const std::int64_t grains = (count + grain - 1) / grain;
  const std::int64_t parts = detail::parts_of(grains);
  parallel_parts(parts, [&](std::int64_t part) {
    body(grains * part / parts * grain, std::min(count, grains * (part + 1) / parts * grain));
  });
}

}  // namespace ganymede::base
