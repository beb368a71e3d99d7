#include "base/parallel.h"

#include <omp.h>

#include <exception>

namespace ganymede::base {

int thread_count() {
  return omp_get_max_threads();
}

int current_thread() {
  return omp_get_thread_num();
}

void set_thread_count(int count) {
  omp_set_num_threads(count > 0 ? count : omp_get_num_procs());
}

namespace detail {

void run_parallel(std::int64_t count, std::int64_t grain, Body body, const void* context) {
  const std::int64_t grains = (count + grain - 1) / grain;
  const auto threads = static_cast<int>(std::min<std::int64_t>(grains, thread_count()));
  if (threads <= 1) {
    if (count > 0) {
      body(context, 0, count);
    }
    return;
  }
  std::exception_ptr thrown;  // none may leave the parallel region
#pragma omp parallel num_threads(threads)
  {
    const std::int64_t index = omp_get_thread_num();
    const std::int64_t team = omp_get_num_threads();
    const std::int64_t begin = grains * index / team * grain;
    const std::int64_t end = std::min(count, grains * (index + 1) / team * grain);
    if (begin < end) {
      try {
        body(context, begin, end);
      } catch (...) {
#pragma omp critical(ganymede_parallel_for_throws)
        if (!thrown) {
          thrown = std::current_exception();
        }
      }
    }
  }
  if (thrown) {
    std::rethrow_exception(thrown);
  }
}

}  // namespace detail

}  // namespace ganymede::base
