#include "base/threads/team.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "base/threads/parallel.h"
#include "base/threads/thread.h"

namespace ganymede::base {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t cache_line = 64;

/// Tells the processor that this thread only waits.
void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Whether `done()` became true within `patience`.
template <class Done>
bool spin(Clock::duration patience, const Done& done) {
  constexpr int looks_between_times = 32;
  const auto end = Clock::now() + patience;
  do {
    for (int look = 0; look < looks_between_times; ++look) {
      if (done()) {
        return true;
      }
      relax();
    }
  } while (Clock::now() < end);
  return false;
}

int processors() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(CPU_COUNT(&set), 1) : 1;
}

/// A thread's number in a loop, and its team.
struct Place {
  detail::Crew* crew = nullptr;
  int thread = 0;
  bool in_loop = false;
};
thread_local Place place;

/// While it exists, its thread is in a loop.
class InLoop {
 public:
  InLoop() { place.in_loop = true; }
  ~InLoop() { place.in_loop = false; }
  InLoop(const InLoop&) = delete;
  InLoop& operator=(const InLoop&) = delete;
};

/// A loop, its parts in at most `most_blocks` blocks.
struct Loop {
  static constexpr std::int64_t most_blocks = 1 << 12;

  detail::Body body = nullptr;
  const void* context = nullptr;
  std::int64_t parts = 0;

  int blocks() const { return static_cast<int>(std::min(parts, most_blocks)); }
  void run(int block) const {
    for (std::int64_t part = parts * block / blocks(); part < parts * (block + 1) / blocks(); ++part) {
      body(context, part);
    }
  }
};

/// How a worker behaves on a busy machine. The maker must wait for a worker that is interrupted within a
/// block, which lasts some milliseconds. So a worker yields between blocks before it is interrupted, and
/// avoids the maker's processor.
class Courtesy {
 public:
  Courtesy() {
    sched_getaffinity(0, sizeof allowed_, &allowed_);
    ask_for_short_slices();
  }

  void has_slept() { since_ = Clock::now(); }

  /// Between two blocks.
  void give_way() {
    constexpr auto turn = 1500us;
    if (Clock::now() - since_ > turn) {
      sched_yield();
      since_ = Clock::now();
    }
  }

  void leave_processor(int processor) {
    if (processor == left_) {
      return;
    }
    cpu_set_t rest = allowed_;
    CPU_CLR(processor, &rest);
    if (CPU_COUNT(&rest) > 0) {
      sched_setaffinity(0, sizeof rest, &rest);
    }
    left_ = processor;
  }

 private:
  /// Requests short time slices, with which a thread is scheduled sooner after a sleep (Linux 6.12 and newer;
  /// no effect on others).
  static void ask_for_short_slices() {
    struct Attributes {  // the kernel's sched_attr in its first version
      std::uint32_t size, policy;
      std::uint64_t flags;
      std::int32_t nice;
      std::uint32_t priority;
      std::uint64_t runtime, deadline, period;
    } attributes{};
    const bool known = syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) == 0;
    if (known && attributes.policy == SCHED_OTHER) {
      attributes.runtime = std::chrono::nanoseconds(100us).count();
      syscall(SYS_sched_setattr, 0, &attributes, 0);
    }
  }

  cpu_set_t allowed_{};
  int left_ = -1;
  Clock::time_point since_ = Clock::now();
};

}  // namespace

namespace detail {

/// The threads of a team and their current loop. The maker takes blocks from the front and the workers from
/// the back, so that each finds its data of the loop before in its cache.
class Crew {
 public:
  explicit Crew(int threads);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }
  void run(const Loop& loop, int most_threads);

 private:
  enum class End { front, back };
  /// The blocks that no thread has begun, in one word with the number of their loop, so that a late thread
  /// takes none of the next loop's; aligned, since clang otherwise uses a lock.
  struct alignas(std::uint64_t) Offer {
    std::uint32_t number;
    std::uint16_t front, back;
  };

  void work(int thread);
  void dismiss();
  /// Runs blocks of loop `number` until none are left, and calls `between()` after each.
  template <class Between>
  void take_blocks(End end, std::uint32_t number, const Between& between);
  void run_block(int block);
  void wait_for_others();

  alignas(cache_line) std::atomic<Offer> offer_{Offer{0, 0, 0}};
  std::atomic<Body> body_{nullptr};
  std::atomic<const void*> context_{nullptr};
  std::atomic<std::int64_t> parts_{0};
  std::atomic<int> most_threads_{0};
  std::atomic_flag failed_;
  std::exception_ptr error_;
  alignas(cache_line) std::atomic<int> unfinished_{0};
  alignas(cache_line) std::atomic<std::uint32_t> number_{0};  // of the newest loop; workers wait for it
  std::atomic<int> processor_{-1};                            // where the maker runs
  std::atomic<bool> leaving_{false};
  std::vector<std::thread> workers_;
};

Crew::Crew(int threads) {
  workers_.reserve(static_cast<std::size_t>(threads - 1));
  try {
    for (int thread = 1; thread < threads; ++thread) {
      workers_.push_back(start_thread([this, thread] { work(thread); }));
    }
  } catch (...) {
    dismiss();
    throw;
  }
}

Crew::~Crew() {
  dismiss();
}

/// Ends the workers.
void Crew::dismiss() {
  leaving_ = true;
  ++number_;
  number_.notify_all();
  for (std::thread& worker : workers_) {
    worker.join();
  }
}

void Crew::work(int thread) {
  constexpr auto patience = 50us;
  place.thread = thread;
  const InLoop in_loop;
  Courtesy courtesy;
  std::uint32_t seen = 0;
  while (true) {
    const auto rings = [&] { return number_.load(std::memory_order_acquire) != seen; };
    if (!spin(patience, rings)) {
      number_.wait(seen, std::memory_order_acquire);
      courtesy.has_slept();
    }
    seen = number_.load(std::memory_order_acquire);
    if (leaving_) {
      return;
    }
    courtesy.leave_processor(processor_.load(std::memory_order_relaxed));
    if (thread < most_threads_.load(std::memory_order_relaxed)) {
      take_blocks(End::back, seen, [&] { courtesy.give_way(); });
    }
  }
}

template <class Between>
void Crew::take_blocks(End end, std::uint32_t number, const Between& between) {
  Offer offer = offer_.load(std::memory_order_acquire);
  while (offer.number == number && offer.front < offer.back) {
    Offer rest = offer;
    const int block = end == End::front ? rest.front++ : --rest.back;
    if (offer_.compare_exchange_weak(offer, rest, std::memory_order_acq_rel, std::memory_order_acquire)) {
      run_block(block);
      between();
      offer = offer_.load(std::memory_order_acquire);
    }
  }
}

void Crew::run_block(int block) {
  try {
    Loop{body_.load(std::memory_order_relaxed), context_.load(std::memory_order_relaxed),
         parts_.load(std::memory_order_relaxed)}
        .run(block);
  } catch (...) {
    if (!failed_.test_and_set()) {
      error_ = std::current_exception();
    }
  }
  if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    unfinished_.notify_one();
  }
}

void Crew::run(const Loop& loop, int most_threads) {
  body_.store(loop.body, std::memory_order_relaxed);
  context_.store(loop.context, std::memory_order_relaxed);
  parts_.store(loop.parts, std::memory_order_relaxed);
  most_threads_.store(most_threads, std::memory_order_relaxed);
  unfinished_.store(loop.blocks(), std::memory_order_relaxed);
  const std::uint32_t number = number_.load(std::memory_order_relaxed) + 1;
  processor_.store(sched_getcpu(), std::memory_order_relaxed);
  offer_.store({number, 0, static_cast<std::uint16_t>(loop.blocks())}, std::memory_order_release);
  number_.store(number);
  number_.notify_all();
  take_blocks(End::front, number, [] {});
  wait_for_others();
  if (failed_.test()) {
    failed_.clear();
    std::rethrow_exception(std::exchange(error_, nullptr));
  }
}

void Crew::wait_for_others() {
  constexpr auto patience = 100us;
  if (!spin(patience, [this] { return unfinished_.load(std::memory_order_acquire) == 0; })) {
    while (const int unfinished = unfinished_.load(std::memory_order_acquire)) {
      unfinished_.wait(unfinished, std::memory_order_acquire);
    }
  }
}

void run_parts(std::int64_t parts, int most_threads, Body body, const void* context) {
  const Loop loop{body, context, parts};
  if (place.crew != nullptr && !place.in_loop && parts > 1 && most_threads > 1) {
    const InLoop in_loop;
    place.crew->run(loop, most_threads);
    return;
  }
  for (std::int64_t part = 0; part < parts; ++part) {
    body(context, part);
  }
}

std::int64_t parts_of(std::int64_t grains) {
  // Several per thread, so that a slow thread takes fewer.
  constexpr std::int64_t parts_a_thread = 2;
  const int threads = place.in_loop ? 1 : thread_count();
  return threads == 1 ? std::min<std::int64_t>(grains, 1) : std::min(grains, parts_a_thread * threads);
}

}  // namespace detail

Team::Team(int threads)
    : crew_(std::make_unique<detail::Crew>(threads > 0 ? threads : processors())),
      around_(std::exchange(place.crew, crew_.get())) {}

Team::~Team() {
  assert(place.crew == crew_.get());
  place.crew = around_;
}

int thread_count() {
  return place.crew == nullptr ? 1 : place.crew->size();
}

int current_thread() {
  return place.thread;
}

}  // namespace ganymede::base
